"""Refusals: what Clerk answers when it does not do what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CATALOGUE: dict[str, tuple[int, str, str]] = {
    # code: (status, message, long message); {param} and other names are filled in by `problem`
    "api_version_invalid": (400, "Invalid API version", "The API version {value} cannot be used: {why}."),
    "authorization_header_format_invalid": (
        401,
        "Invalid Authorization header format",
        "The Authorization header must read Bearer followed by a secret key.",
    ),
    "clerk_key_invalid": (
        401,
        "The provided Clerk Secret Key is invalid",
        "No instance answers to this secret key.",
    ),
    "duplicate_record": (400, "duplicate {what}", "the identifier {value} already exists"),
    "email_template_customization_locked": (
        423,
        "Template customization is locked",
        "Editing templates is locked for this instance. Contact support, or revert the templates.",
    ),
    "email_template_customization_rate_limited": (
        429,
        "Too many template changes",
        "Templates were changed too often. Wait before changing another one.",
    ),
    "email_template_suspicious_blocked": (
        403,
        "Template blocked",
        "The content of this template looks suspicious and was not saved.",
    ),
    "disabled_instance_restriction": (
        422,
        "restriction not available",
        "{param} cannot be set on this instance.",
    ),
    "form_conditional_param_missing": (422, "is missing", "{param} must be included when {why}."),
    "form_identifier_exists": (422, "is already taken", "{value} already exists. Choose another {param}."),
    "form_invalid_origin": (422, "invalid origin", "{value} is not an origin: scheme, host and port only."),
    "form_param_array_size_exceeded": (422, "has too many items", "{param} {why}."),
    "form_param_duplicate": (422, "holds duplicates", "{param} {why}."),
    "form_param_format_invalid": (422, "is invalid", "{param} {why}."),
    "form_param_max_length_exceeded": (422, "is too long", "{param} {why}."),
    "form_param_min_length_exceeded": (422, "is too short", "{param} {why}."),
    "form_param_missing": (422, "is missing", "{param} must be included."),
    "form_param_nil": (422, "must not be null", "{param} must not be null."),
    "form_param_type_invalid": (422, "has the wrong type", "{param} {why}."),
    "form_param_unknown": (422, "is unknown", "{param} is not a valid parameter for this request."),
    "form_param_value_invalid": (422, "is invalid", "{param} {why}."),
    "form_param_value_too_large": (422, "is too large", "{param} {why}."),
    "insecure_url": (422, "insecure URL", "{value} does not use a secure scheme."),
    "invalid_template_body": (422, "invalid template body", "The body does not compile: {why}."),
    "jwt_template_reserved_claim": (400, "reserved claim used", "You can't use the reserved claim: {value}."),
    "malformed_request_parameters": (400, "malformed request parameters", "{param} {why}."),
    "organization_missing_creator_role_permissions": (
        422,
        "missing permissions",
        "The creator role must hold these permissions: {value}.",
    ),
    "organization_not_enabled_in_instance": (
        403,
        "organizations are not enabled",
        "Enable organizations on this instance first.",
    ),
    "request_body_invalid": (400, "request body invalid", "The request body is invalid: {why}."),
    "request_invalid_for_environment": (
        400,
        "request not valid for this environment",
        "{param} cannot be set on {value} instances.",
    ),
    "required_variable_missing": (
        422,
        "required variable missing",
        "The body must contain the variable {value}.",
    ),
    "resource_not_found": (404, "not found", "No {what} was found with id {value}."),
    "session_token_jwt_template": (
        403,
        "session token template",
        "This template defines the session token and cannot be deleted.",
    ),
    "sign_up_mode_restricted_invalid_value": (
        422,
        "not allowed in this sign-up mode",
        "{param} can only be turned on while sign-up is public.",
    ),
    "sms_country_removal_restricted": (
        422,
        "country cannot be unblocked",
        "The current plan cannot send messages to {value}.",
    ),
    "template_body_modification_restricted": (
        400,
        "body cannot be edited",
        "The body of this template is fixed.",
    ),
    "template_revert_error": (400, "nothing to revert", "This template is the system default already."),
    "template_type_unsupported": (400, "unsupported template type", "{value} is not a type of template."),
    "too_many_requests": (429, "Too many requests", "Too many requests. Try again in a bit."),
    "unsupported_content_type": (
        415,
        "unsupported content type",
        "The content type {value} is not supported.",
    ),
    "unsupported_subscription_plan_features": (
        402,
        "Unsupported plan features",
        "The instance's subscription does not include: {value}.",
    ),
}

_FROM_RULES: dict[str, tuple[int, str, str]] = {
    # errors that the service knows and that nothing in here answers unless a fault says so
    "authorization_invalid": (403, "not authorized", "This key may not do that."),
    "bad_request": (400, "bad request", "The request makes no sense."),
    "breaks_instance_invariant": (400, "not allowed on this instance", "The instance cannot work like that."),
    "conflict": (409, "conflict", "Another request is changing the same thing."),
    "feature_not_enabled": (403, "feature not enabled", "Turn the feature on first."),
    "form_already_exists": (422, "already exists", "{param} already exists."),
    "form_param_deprecated": (422, "is deprecated", "{param} is no longer accepted."),
    "form_param_value_conflict": (422, "conflicts with another value", "{param} {why} beside the others."),
    "form_resource_not_found": (422, "not found", "What {param} names does not exist."),
    "gateway_timeout": (504, "gateway timeout", "The service took too long."),
    "internal_clerk_error": (500, "internal error", "Something went wrong on the side of the service."),
    "operation_deprecated": (410, "operation retired", "This operation is no longer available."),
    "quota_exceeded": (403, "quota exceeded", "There are too many of these already."),
    "request_body_too_large": (413, "request body too large", "The request body is too large."),
    "request_invalid_for_instance": (400, "request not valid for this instance", "Not on this instance."),
    "resource_locked": (409, "resource locked", "The resource is locked for a moment. Try again."),
    "role_migration_in_progress": (409, "role migration in progress", "Roles are being moved. Try again."),
    "service_unavailable": (503, "service unavailable", "The service is not available. Try again later."),
    "template_deletion_restricted": (400, "template cannot be deleted", "This template cannot be deleted."),
}

CODES = frozenset(_CATALOGUE)
STATUSES = {code: row[0] for code, row in (_CATALOGUE | _FROM_RULES).items()}
"""The status of every error, those that only faults answer among them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of an error answer."""

    status: int
    code: str
    message: str
    long_message: str
    meta: Mapping[str, Any] = field(default_factory=dict)

    def wire(self) -> dict[str, Any]:
        """The entry as Clerk writes it; an empty `meta` is left out."""
        entry = {"code": self.code, "message": self.message, "long_message": self.long_message}
        return {**entry, "meta": dict(self.meta)} if self.meta else entry


def problem(
    code: str,
    param: str = "",
    *,
    meta: Mapping[str, Any] | None = None,
    value: str = "",
    what: str = "",
    why: str = "",
) -> Problem:
    """One problem of the catalogue; `param` is also reported as `meta.param_name`."""
    status, message, long_message = _CATALOGUE[code] if code in _CATALOGUE else _FROM_RULES[code]
    words = {"param": param, "value": value, "what": what, "why": why}
    named = {"param_name": param} if param else {}
    return Problem(
        status, code, message.format(**words), long_message.format(**words), {**named, **(meta or {})}
    )


class Refused(Exception):  # noqa: N818 - it reads as what it is: a refusal, not a fault of ours
    """The request is refused; the first problem's status is the answer's, problems of another status wait."""

    def __init__(self, problems: Iterable[Problem], headers: Mapping[str, str] | None = None) -> None:
        every = tuple(problems)
        self.status = every[0].status
        self.problems = tuple(one for one in every if one.status == self.status)
        self.headers = dict(headers or {})
        super().__init__("; ".join(one.long_message for one in self.problems))


def refuse(code: str, param: str = "", **words: str) -> Refused:
    """A refusal for one reason, ready to be raised."""
    return Refused([problem(code, param, **words)])  # type: ignore[arg-type]


def refuse_if_any(problems: Iterable[Problem]) -> None:
    """Raise when there is anything to complain about."""
    every = tuple(problems)
    if every:
        raise Refused(every)
