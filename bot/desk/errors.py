"""The one way the desk says no, worded as Google words it."""

from __future__ import annotations

from typing import Any

STATUS_OF_CODE = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    409: "ABORTED",
    413: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

MESSAGE_OF_CODE = {
    400: "Request contains an invalid argument.",
    401: (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
        "other valid authentication credential. "
        "See https://developers.google.com/identity/sign-in/web/devconsole-project."
    ),
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    409: "The operation was aborted.",
    429: "Rate Limit Exceeded",
    500: "Internal error encountered.",
    502: "The server encountered a temporary error and could not complete your request.",
    503: "The service is currently unavailable.",
    504: "Deadline expired before operation could complete.",
}


class ApiError(Exception):
    """A refused request: HTTP code, Google's message and, where Google sends them, details."""

    def __init__(self, code: int, message: str | None = None, details: list[dict[str, Any]] | None = None):
        self.code = code
        self.message = message if message is not None else MESSAGE_OF_CODE.get(code, "")
        self.details = details
        super().__init__(self.message)

    def within(self, place: str) -> ApiError:
        """The same refusal, naming the part of the request it is about (`requests[1].addSheet`)."""
        return ApiError(self.code, f"Invalid {place}: {self.message}", self.details)

    def body(self) -> dict[str, Any]:
        """The JSON body of a Sheets error."""
        error: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "status": STATUS_OF_CODE.get(self.code, "UNKNOWN"),
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


def quota_exceeded(method: str) -> ApiError:
    """The 429 for one request too many; reading and writing have quotas of their own."""
    kind = "Read" if method == "GET" else "Write"
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": "sheets.googleapis.com",
            "quota_limit": f"{kind}RequestsPerMinutePerUser",
            "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
            "consumer": "projects/1",
        },
    }
    text = (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user' "
        "of service 'sheets.googleapis.com' for consumer 'project_number:1'."
    )
    return ApiError(429, text, [detail])


def bad_request(message: str) -> ApiError:
    """A 400 that names what is wrong."""
    return ApiError(400, message)


def violations(found: list[tuple[str, str]]) -> ApiError:
    """A 400 for a body that does not fit its type: every (field, description) that is wrong."""
    return ApiError(
        400,
        "\n".join(description for _, description in found),
        [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [
                    {"field": field, "description": description} if field else {"description": description}
                    for field, description in found
                ],
            }
        ],
    )
