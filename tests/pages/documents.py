"""Documents: verifications as they are kept, of one case in hand or of any case at all."""

from __future__ import annotations

from hypothesis import strategies as st
from pydantic import TypeAdapter

from apexproof.claim import AttachedFile, Claim, History
from apexproof.formats.verification_json import ClaimVerificationDocument, claim_json
from apexproof.policy import load_policy
from apexproof.verification import verify
from tests.builders import claim
from tests.strategies import CLAIMS, FILES, HISTORIES

_SHOWN = TypeAdapter(ClaimVerificationDocument)


def document(
    *files: AttachedFile, of: Claim | None = None, history: History | None = None
) -> ClaimVerificationDocument:
    """What is kept when this claim is judged by these files."""
    verified = verify(of or claim(), files, history or History(), load_policy())
    return _SHOWN.validate_json(claim_json(verified))


DOCUMENTS = st.builds(lambda of, files, history: document(*files, of=of, history=history), CLAIMS, FILES, HISTORIES)
"""Any verification."""
