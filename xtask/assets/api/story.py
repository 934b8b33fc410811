"""The main job, by a client that was generated from the document of the public API, and nothing else.

    story.py PROGRAM        PROGRAM is muster, for a real delegate

The client is the package muster_api, beside the working folder's files. The manager and the key are in MUSTER_URL and
MUSTER_API_KEY. Run by `validate client`.
"""

import os
import subprocess
import sys
import tempfile
import time

from muster_api import AuthenticatedClient, models
from muster_api.api.account import who_am_i
from muster_api.api.audit import list_audit_entries
from muster_api.api.delegates import approve_delegate, delete_delegate, get_delegate, list_delegates
from muster_api.api.profiles import create_profile, delete_profile
from muster_api.api.tokens import create_token, delete_token, revoke_token, rotate_token

# How long something may take that a delegate does by itself.
PATIENCE_S = 60

client = AuthenticatedClient(
    os.environ["MUSTER_URL"], os.environ["MUSTER_API_KEY"], prefix="", auth_header_name="x-api-key"
)


def done(answer):
    """What was answered, where it is no problem."""
    assert not isinstance(answer, models.Problem), answer
    return answer


def some(ask, **filters):
    """What a list shows, as soon as it shows something. Slower than the rate of a key."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := done(ask.sync(client=client, **filters)).items):
        assert time.monotonic() < deadline, f"nothing with {filters}"
        time.sleep(0.05)
    return found


def only(**filters):
    """The only delegate that a filter finds."""
    (found,) = some(list_delegates, **filters)
    return found


def delegate(program, folder, account, token):
    environment = {
        "ACCOUNT_ID": account,
        "DELEGATE_TOKEN": token,
        "MANAGER_HOST_AND_PORT": os.environ["MUSTER_URL"],
        "DELEGATE_NAME": "generated-1",
        "DELEGATE_TYPE": "SHELL_SCRIPT",
        "MUSTER_DELEGATE_DIR": folder,
    }
    return subprocess.Popen([program, "delegate", "run"], env=environment, stderr=subprocess.DEVNULL)


def story(program, folder):
    account = done(who_am_i.sync(client=client)).account_id
    # 1. A profile whose delegates wait, 2. and a token for it.
    body = models.CreateProfile(name="generated", approval=models.Approval.REQUIRE, selectors=["eu"])
    profile = done(create_profile.sync(client=client, body=body))
    body = models.CreateToken(name="generated", default_profile=profile.id, types=[models.DelegateType.SHELL_SCRIPT])
    made = done(create_token.sync(client=client, body=body))
    process = delegate(program, folder, account, made.value)
    try:
        # 3. A delegate registers, 4. and waits.
        waiting = only(status=models.ListDelegatesStatus.PENDING, token=made.token.id)
        assert waiting.waits_because == models.WaitReason.REQUIRED, waiting
        # 5. It is approved, by what was seen of it, 6. and connected.
        body = models.Decide(revision=waiting.revision + 1)
        assert approve_delegate.sync(waiting.id, client=client, body=body).code == "CHANGED"
        body = models.Decide(revision=waiting.revision, note="by a generated client")
        approved = done(approve_delegate.sync(waiting.id, client=client, body=body))
        assert approved.decision.note == "by a generated client", approved
        only(status=models.ListDelegatesStatus.CONNECTED, token=made.token.id)
        # 7. The token is rotated, 8. the old one revoked: 9. its delegate is refused.
        successor = done(rotate_token.sync(made.token.id, client=client, body=models.RotateToken(name="generated-2")))
        assert successor.value != made.value
        assert done(revoke_token.sync(made.token.id, client=client)).status == models.TokenStatus.REVOKED
        only(status=models.ListDelegatesStatus.NOT_CONNECTED, token=made.token.id)
        some(list_audit_entries, action=models.ListAuditEntriesAction.CREDENTIAL_REFUSED, object_="generated")
    finally:
        process.kill()
        process.wait()
    # 10. All of it is deleted, and what is gone is told to be.
    done(revoke_token.sync(successor.token.id, client=client))
    for delete, one in (
        (delete_delegate, waiting.id),
        (delete_token, made.token.id),
        (delete_token, successor.token.id),
        (delete_profile, profile.id),
    ):
        assert delete.sync_detailed(one, client=client).status_code == 204, one
    assert get_delegate.sync(waiting.id, client=client).code == "NOT_FOUND"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        story(sys.argv[1], folder)
