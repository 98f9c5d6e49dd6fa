from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reconcile.model import Check, Finding, Level, Origin, Severity
from reconcile.render.checkup import checkup_sheet
from tests.e2e import plans
from tests.e2e.conftest import PHONE

if TYPE_CHECKING:
    from collections.abc import Callable


# --- reading ---


def test_every_view_of_the_first_plan_can_be_opened(show: Callable[..., Any]) -> None:
    with show(plans.first()) as shown:
        shown.says("27 changes")
        shown.picture("first-desktop")
        shown.button("Open all")
        radios = shown.page.get_by_role("radio")
        for place in range(radios.count()):
            radios.nth(place).check()
        assert shown.violations() == []
        shown.choose("Rendered")
        assert len(shown.framed()) == 2


def test_a_message_is_shown_as_it_was_and_as_it_will_be(show: Callable[..., Any]) -> None:
    with show(plans.edited()) as shown:
        shown.only("email_template/verification_code")
        shown.choose("Rendered")

        before, after = shown.framed()
        assert "Hello Ada,\n\nhere is the code" in before
        assert "It works for 10 minutes and only once." in before
        assert "It works for 10 minutes and three times." in after
        assert shown.page.locator(".subject b").all_inner_texts() == [
            "424242 is your Acme code",
            "424242 gets you into Acme",
        ]
        shown.picture("message-desktop", whole=True)
        assert shown.violations() == []


def test_a_message_can_be_seen_on_a_phone_in_the_dark_and_as_text(show: Callable[..., Any]) -> None:
    def backgrounds() -> list[str]:
        return [
            frame.evaluate("getComputedStyle(document.body).backgroundColor")
            for frame in shown.page.frames[1:]
        ]

    with show(plans.edited(), color_scheme="dark") as shown:
        shown.only("email_template/verification_code")
        shown.choose("Rendered")
        assert shown.page.locator("iframe").last.bounding_box()["width"] > 500
        shown.choose("Phone")
        assert shown.page.locator("iframe").last.bounding_box()["width"] == 375
        shown.choose("Dark")
        assert "no colours for dark mode" in shown.page.locator("figure").first.inner_text()
        assert "no colours for dark mode" not in shown.page.locator("figure").last.inner_text()
        shown.picture("message-phone-dark", whole=True)
        assert shown.violations() == []
        shown.choose("Plain text")
        assert "- It works for 10 minutes and only once." in _marked(shown, "del")
        assert "+ It works for 10 minutes and three times." in _marked(shown, "ins")
        assert shown.violations() == []


def _marked(shown: Any, tag: str) -> str:
    """Lines with their signs, which the style sheet sets before them."""
    sign = {"del": "- ", "ins": "+ "}[tag]
    return "\n".join(sign + text for text in shown.page.locator(f"pre {tag}").all_inner_texts())


def test_the_dark_rules_of_a_template_apply_in_the_dark_view_and_not_in_the_light_one(
    show: Callable[..., Any],
) -> None:
    with show(plans.edited(), color_scheme="dark") as shown:
        shown.only("email_template/verification_code")
        shown.choose("Rendered")
        light = shown.page.locator("iframe").last.screenshot()
        shown.choose("Dark")
        dark = shown.page.locator("iframe").last.screenshot()
        srcdoc = shown.page.locator("iframe").last.get_attribute("srcdoc")
        assert light != dark
        assert "@media (min-width: 0) { body, table" in srcdoc


def test_a_token_is_made_from_the_sample_and_made_anew_when_the_sample_changes(
    show: Callable[..., Any],
) -> None:
    with show(plans.edited()) as shown:
        shown.only("jwt_template/hasura")
        shown.choose("Sample token")
        before, after = shown.page.locator("pre").all_inner_texts()
        assert '"x-hasura-team": "anvils"' in before
        assert '"x-hasura-team": "none"' in after
        assert (
            "Not in the sample: user.public_metadata.taem" in shown.page.locator("figure").last.inner_text()
        )
        shown.picture("token-desktop", whole=True)

        shown.button("Sample values…")
        shown.picture("sample-desktop")
        assert shown.violations() == []
        user = shown.page.get_by_label("User", exact=True)
        user.fill('{"id": "user_mine", "public_metadata": {"team": "hammers", "taem": "tongs"}}')
        shown.button("Done")
        before, after = shown.page.locator("pre").all_inner_texts()
        assert '"x-hasura-team": "hammers"' in before
        assert '"x-hasura-team": "tongs"' in after
        assert '"sub": "user_mine"' in after


def test_a_sample_that_is_no_json_is_said_to_be_none_and_the_last_good_one_stays(
    show: Callable[..., Any],
) -> None:
    with show(plans.edited()) as shown:
        shown.only("jwt_template/hasura")
        shown.choose("Sample token")
        shown.button("Sample values…")
        shown.page.get_by_label("Organization").fill('{"name": ')
        assert shown.page.get_by_role("alert").inner_text().startswith("Organization: this is not JSON yet")
        assert shown.violations() == []
        shown.button("Reset")
        assert shown.page.locator(".problem").inner_text() == ""
        shown.page.keyboard.press("Escape")
        assert not shown.page.get_by_role("dialog").is_visible()
        assert '"sub": "user_2xAmPLe0fAuSer"' in shown.page.locator("pre").last.inner_text()


def test_one_word_in_600_lines_is_marked_and_the_lines_around_it_can_be_opened(
    show: Callable[..., Any],
) -> None:
    with show(plans.kept("long_text")) as shown:
        table = shown.page.locator(".difference table")
        assert table.locator("del").all_inner_texts() == ["thank you"]
        assert table.locator("ins").all_inner_texts() == ["many thanks"]
        assert table.locator("tr").count() < 15
        shown.page.get_by_role("button", name="lines that are alike").first.click()
        assert table.locator("tr").count() > 400
        shown.choose("Side by side")
        assert table.locator("tr").count() < 15
        assert table.locator("td.gone").inner_text().startswith("-\n<p>Paragraph 412: thank you")
        assert table.locator("td.new").inner_text().startswith("+\n<p>Paragraph 412: many thanks")
        shown.picture("difference-side", whole=True)
        assert shown.violations() == []


def test_what_differs_and_looks_the_same_is_said(show: Callable[..., Any]) -> None:
    body = "<p>Your code is {{otp_code}}</p>"
    with show(plans.templates([(body, body.replace("r c", "r\u00a0c"))], "alike")) as shown:
        shown.only("template_000")
        (note,) = shown.page.locator(".field .note").all_inner_texts()
        assert note.strip() == "(looks the same: U+0020 became U+00A0)"
        shown.picture("alike", whole=True)
        assert shown.violations() == []


# --- finding ---


def test_changes_are_filtered_by_action_and_kind_and_words(show: Callable[..., Any]) -> None:
    with show(plans.kept("mixed")) as shown:
        total = shown.status()
        shown.page.get_by_role("button", name="create").click()
        assert (
            shown.page.locator("details.change, .entry").count()
            == shown.page.locator(".is-create").count() - 2
        )
        shown.page.get_by_role("button", name="jwt_templates").click()
        assert shown.page.locator("section.kind h2").all_inner_texts() == ["jwt_templates 1"]
        shown.search("nobody wrote this")
        assert shown.status().startswith("0 of ")
        shown.search("SUPABASE hs256")
        assert shown.status().startswith("1 of ")
        shown.search("")
        shown.page.get_by_role("button", name="create").click()
        shown.page.get_by_role("button", name="jwt_templates").click()
        shown.says(total)


def test_a_finding_leads_to_its_change(show: Callable[..., Any]) -> None:
    found = Finding(Severity.REFUSAL, "protected", "is protected", "jwt_template/hasura", Origin("a.yml", 1))
    with show(replace(plans.edited(), findings=(found,), environment="finding")) as shown:
        shown.page.get_by_role("link", name="jwt_template/hasura").click()
        shown.says("1 of 3 changes")
        assert shown.page.get_by_role("heading", name="hasura", level=3).is_visible()
        shown.picture("refused-desktop")
        assert shown.violations() == []


def test_the_page_can_be_used_with_the_keyboard_alone(show: Callable[..., Any]) -> None:
    with show(plans.edited()) as shown:
        press = shown.page.keyboard.press
        press("Tab")
        assert shown.page.locator(":focus").inner_text() == "Skip to the changes"
        press("Enter")
        press("Tab")
        shown.page.keyboard.type("verification")
        shown.says("1 of 3 changes")
        press("Tab")
        press("ArrowRight")
        assert shown.page.get_by_role("radio", name="Side by side").is_checked()
        press("Tab")
        press("Enter")
        for _ in range(20):
            press("Tab")
            if shown.page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        press("Enter")
        assert shown.page.locator("details.change[open]").count() == 0
        press("Enter")
        press("Tab")
        press("ArrowRight")
        assert "three times" in shown.framed()[1]


# --- everybody ---


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["mixed", "refused", "unverified", "nothing", "identifiers", "hostile"])
def test_there_is_nothing_against_a_page_for_anybody(
    show: Callable[..., Any], name: str, scheme: str
) -> None:
    with show(plans.kept(name), color_scheme=scheme) as shown:
        if name not in {"nothing", "unverified"}:
            shown.button("Open all")
        for summary in shown.page.locator("details.other > summary").all():
            summary.click()
        assert shown.violations() == []
        shown.picture(f"{name}-{scheme}", whole=True)


def test_a_page_fits_a_phone(show: Callable[..., Any]) -> None:
    with show(plans.edited(), size=PHONE) as shown:
        shown.button("Open all")
        for scene in ("Changes", "Rendered", "Plain text"):
            shown.choose(scene)
            assert shown.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
            assert shown.violations() == []
            shown.page.locator(".body").first.scroll_into_view_if_needed()
            shown.picture(f"phone-{scene.split()[0].lower()}")


def test_a_page_can_be_read_in_colours_of_the_readers_choice(show: Callable[..., Any]) -> None:
    with show(plans.edited(), forced_colors="active", reduced_motion="reduce") as shown:
        shown.button("Open all")
        shown.picture("forced-colours", whole=True)
        mark = shown.page.locator(".difference ins").first
        assert "underline" in mark.evaluate("node => getComputedStyle(node).textDecorationLine")
        assert mark.evaluate("node => getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_a_printed_page_holds_all_changes_and_no_buttons(show: Callable[..., Any]) -> None:
    with show(plans.first()) as shown:
        shown.page.emulate_media(media="print")
        assert len(shown.page.pdf()) > 20_000
        assert shown.page.locator("details.change:not([open])").count() == 0
        assert not shown.page.get_by_role("searchbox").is_visible()
        shown.picture("print", whole=True)


def test_a_page_is_printed_in_dark_ink_whatever_the_reader_prefers(show: Callable[..., Any]) -> None:
    with show(plans.edited(), color_scheme="dark") as shown:
        shown.page.emulate_media(media="print", color_scheme="dark")
        assert shown.page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 27, 26)"


def test_where_nothing_is_to_do_there_is_nothing_to_search_or_to_open(show: Callable[..., Any]) -> None:
    with show(plans.kept("nothing"), size=PHONE) as shown:
        assert shown.page.get_by_role("button").count() == 0
        assert shown.page.get_by_role("searchbox").count() == 0
        assert shown.violations() == []
        shown.picture("nothing-phone")


def test_long_names_leave_room_for_what_happens_to_them(show: Callable[..., Any]) -> None:
    plan = plans.edited()
    named = replace(plan.changes[0], key="k" * 300, origin=Origin("resources/" + "deep/" * 40 + "a.yml", 1))
    plan = replace(plan, environment="long", changes=(named, *plan.changes[1:]))
    for size in ((1440, 1000), PHONE):
        with show(plan, size=size) as shown:
            assert shown.page.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert shown.page.locator(".touched").first.bounding_box()["width"] > 100
            shown.picture(f"long-{size[0]}")


def test_without_scripts_the_changes_stand_there_in_plain_form(show: Callable[..., Any]) -> None:
    with show(plans.edited(), java_script_enabled=False) as shown:
        text = shown.page.locator("body").inner_text()
        assert "edited" in text
        assert "email_template/verification_code" in text
        assert "three times" in text
        assert not shown.page.get_by_role("searchbox").is_visible()
        shown.picture("without-scripts", whole=True)


# --- texts that want more ---


def test_hostile_templates_run_nothing_fetch_nothing_and_break_nothing(
    show: Callable[..., Any], door: Any
) -> None:
    with show(plans.attacks(), hostile=True) as shown:
        title = shown.page.title()
        shown.page.on("dialog", lambda dialog: shown.complaints.append(dialog.message))
        for key in ("<script>", *(f"template_{number:03}" for number in range(1, len(plans.ATTACKS) + 3))):
            shown.search(key)
            shown.button("Open all")
            for name in ("Changes", "Rendered", "Dark", "Plain text"):
                shown.choose(name)
                assert shown.page.evaluate("document.documentElement.scrollWidth") <= 1440
        shown.search("")
        shown.page.wait_for_timeout(1_500)  # what waits, such as a refresh, has had its time
        assert shown.page.title() == title
        assert shown.page.url == shown.path.as_uri()
        assert len(shown.page.context.pages) == 1
        assert door.knocks == []


def test_whoever_fetches_something_is_heard_at_the_door(browser: Any, door: Any) -> None:
    """Without the policy and the sandbox of a report, the same templates do get through."""
    door.knocks.clear()
    page = browser.new_page()
    for name in ("svg", "images", "styles"):
        page.set_content(plans.ATTACKS[name])
        page.wait_for_timeout(500)
        assert door.knocks != [], name
        door.knocks.clear()
    page.context.close()
    door.knocks.clear()


def test_a_click_in_a_message_leads_nowhere(show: Callable[..., Any]) -> None:
    with show(plans.attacks(), hostile=True) as shown:
        shown.only(f"template_{[*plans.ATTACKS].index('form'):03}")
        shown.choose("Rendered")
        frame = shown.page.locator("iframe").last.content_frame
        for link in frame.locator("a, button").all():
            link.click()
        shown.page.wait_for_timeout(300)
        assert "424242" in shown.framed()[-1]


def test_what_turns_lines_around_is_shown_and_stays_in_its_line(show: Callable[..., Any]) -> None:
    with show(plans.attacks(), hostile=True) as shown:
        shown.only(f"template_{[*plans.ATTACKS].index('bidi'):03}")
        assert shown.page.locator(".values .control").all_inner_texts()[:3] == [
            "U+202E",
            "U+2066",
            "U+2069",
        ]
        shown.picture("bidi", whole=True)


def test_two_megabytes_in_one_line_show_what_differs(show: Callable[..., Any]) -> None:
    with show(plans.attacks(), hostile=True) as shown:
        shown.only(f"template_{len(plans.ATTACKS) + 1:03}")
        assert len(shown.page.locator(".difference").inner_text()) < 5_000
        assert shown.page.locator(".difference ins").inner_text() == "i>new</i><b"


# --- much of everything ---


def _opened(shown: Any) -> float:
    """Seconds from asking for the page until it can be used, by the browser's own clock; the best of three."""
    best = 99.0
    for _ in range(3):
        shown.page.reload()
        best = min(
            best, shown.page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000
        )
    return best


@pytest.mark.parametrize("plan", [plans.two_hundred, plans.identifiers])
def test_a_large_plan_opens_within_a_second(show: Callable[..., Any], plan: Any) -> None:
    with show(plan()) as shown:
        seconds = _opened(shown)
        print(f"\n{plan.__name__}: {seconds:.2f} s, {shown.path.stat().st_size / 1e6:.1f} MB")  # noqa: T201
        shown.picture(plan.__name__)
        assert seconds < 1
        assert shown.violations() == []


def test_twenty_thousand_entries_can_be_searched_and_shown_piece_by_piece(show: Callable[..., Any]) -> None:
    with show(plans.identifiers()) as shown:
        assert shown.page.locator(".entry").count() == 100
        shown.page.get_by_role("button", name="more of 19,900 changes").click()
        assert shown.page.locator(".entry").count() == 300
        begun = time.perf_counter()
        shown.search("user12345")
        shown.says("1 of 20,000 changes")
        assert time.perf_counter() - begun < 1


def test_two_hundred_templates_can_all_be_opened(show: Callable[..., Any]) -> None:
    with show(plans.two_hundred()) as shown:
        assert shown.page.locator("iframe").count() == 0
        shown.button("Open all")
        assert shown.page.locator(".difference").count() == 100
        shown.page.get_by_role("button", name="more of 100 changes").click()
        assert shown.page.locator("details.change").count() == 200


# --- what is no plan ---


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 1000), PHONE])
def test_tables_can_be_read_everywhere(show: Callable[..., Any], scheme: str, size: tuple[int, int]) -> None:
    checks = (
        Check("project", Level.OK, "<script>alert(1)</script>"),
        Check("files", Level.WARNING, "word " * 40, "mend it"),
        Check("key", Level.PROBLEM, "x" * 300, "https://tracker.example/x"),
        Check("reach", Level.SKIPPED, "not looked at"),
    )
    with show(checkup_sheet("prod", checks), color_scheme=scheme, size=size) as shown:
        assert shown.page.get_by_role("row").count() == 5
        assert shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shown.picture(f"doctor-{scheme}-{size[0]}")
        assert shown.violations() == []
