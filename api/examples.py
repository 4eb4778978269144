"""Examples of what is sent and answered, by the name of their schema.

They tell of one claim of a synthetic patient: sent, with its file, and verified. A test holds them true.
"""

from __future__ import annotations

from typing import Any

_NUMBER = "SYN-0001"
_ADDRESS = f"/v1/claims/{_NUMBER}"
_SHA256 = "e51ca8d37e88b057ace4f093fc662b2d5100e305a09d4ad55de4a9f8b99a0a7f"
_RECEIVED_AT = "2026-02-12T15:04:05.123456Z"
_MADE_AT = "2026-02-12T15:04:07.654321Z"
_TOOTH = {"number": "8", "system": "universal"}
_SUMMARY = {
    "number": _NUMBER,
    "revision": 1,
    "received_at": _RECEIVED_AT,
    "state": "checked",
    "outcome": "verified",
    "in_the_way": [],
}

EXAMPLES: dict[str, Any] = {
    "ClaimDocument": {
        "claim_number": _NUMBER,
        "patient": {"name": {"family": "Quill", "given": "Marigold"}, "birth_date": "2017-03-03"},
        "lines": [{"line": 1, "procedure": "D3351", "tooth": _TOOTH, "service_date": "2026-02-10"}],
        "narrative": (
            "Tooth #8: trauma, necrotic pulp, open apex. Canal accessed, calcium hydroxide placed. Return in 3 months."
        ),
        "attachments": [
            {
                "file_name": "pa8.dcm",
                "image_type": "periapical",
                "date_taken": "2026-01-27",
                "teeth": [_TOOTH],
                "control_number": "ACN-0001",
            }
        ],
    },
    "ReceivedClaimAnswer": {"number": _NUMBER, "revision": 1, "verification": f"{_ADDRESS}/verifications/latest"},
    "ReceivedAttachmentAnswer": {
        "sha256": _SHA256,
        "size": 51416,
        "state": "accepted",
        "verification": f"{_ADDRESS}/verifications/latest",
    },
    "ClaimSummary": _SUMMARY,
    "ClaimPage": {"claims": [_SUMMARY], "next": None},
    "ClaimAnswer": {
        **_SUMMARY,
        "attachments": [
            {
                "file_name": "pa8.dcm",
                "sha256": _SHA256,
                "size": 51416,
                "control_number": None,
                "received_at": _RECEIVED_AT,
                "read": True,
                "deleted_at": None,
            }
        ],
        "verification": f"{_ADDRESS}/verifications/2",
        "so_far": None,
    },
    "Problem": {
        "type": "urn:apexproof:problem:not-found",
        "title": "Not here",
        "status": 404,
        "detail": "There is no claim of this number.",
    },
}
