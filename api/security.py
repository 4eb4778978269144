"""Who may: each request names a key, and a key speaks for one organisation, whose claims alone it can see."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from apexproof.store.keys import Caller, Scope, caller_of, note_use
from api.premises import Here
from api.problems import NotAllowed, NotAuthenticated

_bearer = HTTPBearer(auto_error=False, description="A key, as 'apexproof keys add' printed it.")


def _caller(here: Here, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]) -> Caller:
    if credentials is None:
        raise NotAuthenticated("Send a key in the header 'Authorization: Bearer ...'; 'apexproof keys add' makes one.")
    with here.database.looking() as session:
        caller, note = caller_of(session, credentials.credentials, now=here.clock().now)
    if caller is None:
        raise NotAuthenticated("This key is none of ours, or was revoked; 'apexproof keys add' makes another.")
    if note:
        with here.database.writing() as session:
            note_use(session, caller.key, now=here.clock().now)
    return caller


def _submits(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    return _with(caller, Scope.SUBMIT)


def _reads(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    return _with(caller, Scope.READ)


def _reviews(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    return _with(caller, Scope.REVIEW)


def _with(caller: Caller, scope: Scope) -> Caller:
    if scope not in caller.scopes:
        raise NotAllowed(f"This key has not the scope '{scope}'; 'apexproof keys add' makes one that has.")
    return caller


Submitter = Annotated[Caller, Depends(_submits)]
Reviewer = Annotated[Caller, Depends(_reviews)]
Reader = Annotated[Caller, Depends(_reads)]
