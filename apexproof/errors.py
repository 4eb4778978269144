"""The errors that apexproof raises on purpose.

    ApexproofError
    ├── InputUnusable         something a person handed in cannot be used at all
    │   ├── ClaimUnusable
    │   ├── HistoryUnusable
    │   ├── DeclarationUnusable
    │   ├── AttestationsUnusable
    │   ├── PolicyUnusable
    │   └── SettingsUnusable (settings)
    ├── ReadingFailed         one file, or one part of it, could not be read
    ├── SandboxBroken         no file can be read: the process that reads does not start (reading/child_process)
    ├── DatabaseAway, SchemaOutdated      the store cannot be used (store/database, store/schema)
    ├── FileTooLarge, StorageFull, BlobDamaged    one file cannot be kept, or is not what was kept (store/blobs)
    ├── BlobsAway             the store of the files cannot be used (store/blobs)
    ├── AddressRefused, DeliveryFailed    a webhook's address, a message that it did not take (courier)
    ├── TooManyWebhooks, DeliveryPostponed    (webhooks)
    ├── BlobLocked, BlobVanished          a file of an unknown key, one deleted as it came (store/sealing, retention)
    ├── RightsExceeded        a key that would allow more than the one that makes it (store/keys)
    ├── ClaimNumberTaken      a claim under the number of another provider's claim (reception)
    ├── AttachmentOfAnother   an attachment under the control number of another member's claim (reception)
    ├── Base64Unusable        a file within a FHIR resource that is none (formats/fhir/embedded)
    ├── BodyUnusable          the body of an attachment that holds no file (formats/x12/enclosed)
    ├── FolderBusy            a folder that another program watches (watching)
    ├── ClaimUnknown          a file for a claim that is not here, with nothing to hold it by (reception)
    ├── ListUnusable, RunEnded            a run of reprocessing that cannot be (reprocessing)
    ├── FormUnknown           a report is not written in that form (reports)
    ├── BackupUnusable        a backup that is not whole, or a place that is not empty (backup)
    └── EmbeddedBroken        a part of the embedded service does not start (embedded)

No message carries a value out of the input: those are patient data.
"""


class ApexproofError(Exception):
    """The root of every error that apexproof raises on purpose."""


class InputUnusable(ApexproofError):
    """An input as a whole cannot be used; `place` says where in it, as in `lines[0].service_date`."""

    noun = "input"

    def __init__(self, *, origin: str, reason: str, place: str | None = None) -> None:
        """Name the document (`origin`), where in it the fault is, and the way out."""
        self.origin = origin
        self.place = place
        self.reason = reason
        where = f"{origin}, {place}" if place else origin
        super().__init__(f"This {self.noun} cannot be used: {where}: {reason}")


class ClaimUnusable(InputUnusable):
    """The claim is not a claim: not JSON, not of the schema, or over its limits."""

    noun = "claim"


class HistoryUnusable(InputUnusable):
    """The history of earlier services and images cannot be used."""

    noun = "history"


class DeclarationUnusable(InputUnusable):
    """What is declared of an attachment cannot be used."""

    noun = "declaration of an attachment"


class AttestationsUnusable(InputUnusable):
    """What a person is said to have settled cannot be used."""

    noun = "attestation"


class PolicyUnusable(InputUnusable):
    """There is no such policy, or its TOML does not say what a policy must say."""

    noun = "policy"


class ReadingFailed(ApexproofError):
    """A file, or one part of it, could not be read; `fault` is a stable word for the kind of fault."""

    def __init__(self, fault: str, message: str) -> None:
        """Take a fault such as `truncated` and one sentence without patient data."""
        self.fault = fault
        super().__init__(message)
