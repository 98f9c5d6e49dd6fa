"""What holds for every overlay: nothing is lost, nothing depends on chance, and what is left alone is never deleted."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.model import Action, Instance, Live, Object
from reconcile.plan import make_plan
from tests.lab import FakeClock, Lab, known
from tests.laws.stories import Story, every_story, example

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconcile.model import Desired

Tree = dict[str, Any]
PROJECT = """\
version: 1
resources: [resources.yml]
environments:
  local: {{api_url: embedded, overlays: {overlays}, vars: {{app: "https://app.acme.example"}}}}
"""

names = st.sampled_from(["a", "b", "c"])
claims = st.recursive(
    st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=3),
    lambda inner: st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
tokens = st.dictionaries(
    names,
    st.fixed_dictionaries(
        {}, optional={"lifetime": st.integers(30, 33), "claims": st.dictionaries(names, claims, max_size=3)}
    ),
    max_size=3,
)
switches = st.dictionaries(st.sampled_from(["allowlist", "blocklist"]), st.booleans(), max_size=2)
urls = st.lists(st.sampled_from(["a://a", "b://b", "c://c", "d://d"]), unique=True, max_size=4)
bases = st.fixed_dictionaries({"jwt_templates": tokens, "restrictions": switches, "redirect_urls": urls})
overlays = st.fixed_dictionaries(
    {}, optional={"jwt_templates": tokens, "restrictions": switches, "redirect_urls": urls}
)
quickly = settings(max_examples=30)


def rendered(base: Tree | str, *layers: Sequence[Tree | str]) -> Desired:
    """What a resource file wants with these layers of overlays over it; each layer is one pattern with several files."""
    files = {
        f"over/{number}/{file}.yml": _text(tree)
        for number, layer in enumerate(layers)
        for file, tree in enumerate(layer)
    }
    patterns = json.dumps([f"over/{number}/*.yml" for number, layer in enumerate(layers) if layer])
    with TemporaryDirectory() as folder:
        lab = Lab.open(Path(folder), FakeClock())
        root = lab.project(_text(base), {"reconcile.yml": PROJECT.format(overlays=patterns), **files})
        desired, findings = lab.read(root)
    assert [str(one) for one in findings if one.rule not in {"schema", "kind"}] == []
    return desired


def _text(tree: Tree | str) -> str:
    return tree if isinstance(tree, str) else json.dumps(tree)


def said(desired: Desired) -> Mapping[str, Any]:
    """What is wanted, wherever it was written."""
    return {
        name: (section.prune, {key: one.fields for key, one in section.objects.items()}, set(section.unset))
        for name, section in desired.sections.items()
    }


def merged(below: Tree, above: Tree) -> Tree:
    """Two overlays as one: maps deeply, anything else replaced."""
    return {
        **below,
        **{
            name: merged(below[name], value)
            if isinstance(value, dict) and isinstance(below.get(name), dict)
            else value
            for name, value in above.items()
        },
    }


@quickly
@given(
    bases, st.sampled_from(["", "{}", "jwt_templates:\nrestrictions:\nredirect_urls:\n", "jwt_templates: {}"])
)
def test_an_empty_overlay_changes_nothing(base: Tree, nothing: str) -> None:
    assert rendered(base, [nothing]) == rendered(base)


@every_story
def test_an_empty_overlay_changes_nothing_in_any_story(story: Story) -> None:
    if story.path.is_file():
        text = example(story.path)
        sections = "".join(
            f"{kind.section}:\n" for kind in known().kinds.values() if f"{kind.section}:" in text
        )
        with TemporaryDirectory() as folder:
            lab = Lab.open(Path(folder), FakeClock())
            project = PROJECT.format(overlays="[over.yml]")
            root = lab.project(text, {"reconcile.yml": project, "over.yml": sections})
            assert lab.load(root) == lab.want(text)


@quickly
@given(bases, overlays, overlays)
def test_two_overlays_are_like_one_that_says_both(base: Tree, one: Tree, two: Tree) -> None:
    assert said(rendered(base, [one], [two])) == said(rendered(base, [merged(one, two)]))


tags = st.sampled_from(["", "", "", "!append ", "!remove ", "!replace ", "!unset ", "!file ", "!lines "])
words = st.sampled_from(
    [
        "a",
        "lifetime",
        "claims",
        "allowlist",
        "urls",
        "url",
        "prune",
        ".prune",
        "only",
        "except",
        "state",
        "'${var.app}'",
    ]
)
written = st.recursive(
    st.tuples(
        tags, st.sampled_from(["", "a", "1", "true", "a://a", "null", "'${var.app}'", "'${var.no}'"])
    ).map("".join),
    lambda inner: st.tuples(
        tags,
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(item or '~' for item in items)}]")
        | st.dictionaries(words, inner, max_size=3).map(
            lambda members: "{" + ", ".join(f"{name}: {value}" for name, value in members.items()) + "}"
        ),
    ).map("".join),
    max_leaves=8,
)


@settings(max_examples=100)
@given(
    bases,
    st.dictionaries(st.sampled_from(["jwt_templates", "restrictions", "redirect_urls"]), written, min_size=1),
)
def test_whatever_an_overlay_says_every_mistake_has_its_place(base: Tree, over: dict[str, str]) -> None:
    text = "".join(f"{name}: {value}\n" for name, value in over.items())
    with TemporaryDirectory() as folder:
        lab = Lab.open(Path(folder), FakeClock())
        project = PROJECT.format(overlays="[over.yml]")
        root = lab.project(json.dumps(base), {"reconcile.yml": project, "over.yml": text})

        _, findings = lab.read(root)

    assert all(one.origin and one.origin.file in {"over.yml", "resources.yml"} for one in findings), findings


@quickly
@given(bases, overlays)
def test_an_overlay_twice_is_like_once(base: Tree, one: Tree) -> None:
    assert said(rendered(base, [one], [one])) == said(rendered(base, [one]))


@quickly
@given(bases, overlays, st.randoms(use_true_random=False))
def test_the_order_of_files_in_one_layer_means_nothing(base: Tree, one: Tree, rng: Any) -> None:
    parts: list[Tree | str] = [
        {"jwt_templates": {name: fields}} for name, fields in one.get("jwt_templates", {}).items()
    ]
    parts += [{name: tree} for name, tree in one.items() if name != "jwt_templates"]
    shuffled = rng.sample(parts, len(parts))

    assert said(rendered(base, parts)) == said(rendered(base, shuffled)) == said(rendered(base, [one]))


@quickly
@given(tokens, urls, st.data())
def test_what_is_unset_is_never_deleted_or_changed(
    there: Tree, links: list[str], data: st.DataObject
) -> None:
    left = data.draw(st.sets(st.sampled_from(sorted(there)))) if there else set()
    links_left = data.draw(st.sets(st.sampled_from(links))) if links else set()
    base = {"jwt_templates": {".prune": True, **there}, "redirect_urls": {"prune": True, "urls": links}}
    over = "jwt_templates: {" + ", ".join(f"{name}: !unset" for name in sorted(left)) + "}\n"
    over += "redirect_urls: !unset [" + ", ".join(sorted(links_left)) + "]\n"
    live = Live(
        Instance("ins_1", "development"),
        {
            "jwt_template": {
                name: Object(name, f"jtmp_{name}", {"name": name, "claims": {"mine": 1}, "lifetime": 99})
                for name in "abcd"
            },
            "redirect_url": {url: Object(url, f"ru_{url}", {"url": url}) for url in [*links, "z://z"]},
        },
    )

    plan = make_plan(known().kinds, rendered(base, [over]), live)

    alone = {f"jwt_template/{name}" for name in left} | {f"redirect_url/{url}" for url in links_left}
    assert alone <= set(plan.unmanaged)
    assert alone.isdisjoint(change.address for change in plan.changes)
    deleted = {change.address for change in plan.changes if change.action is Action.DELETE}
    assert deleted == {"redirect_url/z://z", *(f"jwt_template/{name}" for name in set("abcd") - set(there))}


@quickly
@given(tokens, st.data())
def test_an_unset_field_is_never_changed(there: Tree, data: st.DataObject) -> None:
    fields = [(name, field) for name, token in there.items() for field in token]
    left = data.draw(st.sets(st.sampled_from(fields))) if fields else set()
    over: Tree = {}
    for name, field in left:
        over.setdefault(name, []).append(f"{field}: !unset")
    text = (
        "jwt_templates: {" + ", ".join(f"{name}: {{{', '.join(all_)}}}" for name, all_ in over.items()) + "}"
    )
    live = Live(
        Instance("ins_1", "development"),
        {
            "jwt_template": {
                name: Object(name, f"jtmp_{name}", {"name": name, "claims": {"mine": 1}, "lifetime": 99})
                for name in "abc"
            }
        },
    )

    plan = make_plan(known().kinds, rendered({"jwt_templates": there}, [text]), live)

    changed = {(change.key, str(field.path[0])) for change in plan.changes for field in change.fields}
    assert changed.isdisjoint(left)
