"""What a case refuses, said in words for the person who asked."""


class CaseError(Exception):
    """A step or report that is refused; trying again without a change is no use."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en


class NotAllowedError(CaseError):
    """This person's role or unit may not do it."""


class UnknownTaskError(CaseError):
    """No such incident, or no such task in it."""


class UnknownUnitError(CaseError):
    """A transfer to a unit that does not exist, or without saying to which."""


class UnknownSiteError(CaseError):
    """A report about a place that is not on the list."""


class MissingNoteError(CaseError):
    """The playbook wants this step explained in a few words."""


class IncompleteReportError(CaseError):
    """The playbook wants more of a report-back than this one holds."""


class UnusablePhotoError(CaseError):
    """A file that is no photograph, or one too many."""


class TooEarlyError(CaseError):
    """The table allows the step, the playbook not yet: other tasks are still under way."""


class MergeRefusedError(CaseError):
    """Two cases that cannot be merged, or a merged one that takes no steps of its own."""


class UnknownReportError(CaseError):
    """No such report, or it is not this person's to see."""


class OtherContentError(CaseError):
    """The same key came with another content: a program's mistake, not a repeat."""


class UnfitTimeError(CaseError):
    """A time in the future, or too long ago to be acted on."""


class UnfitKindError(CaseError):
    """A kind that does not belong to the scenario, or has a way in of its own."""


class UnknownBookingError(CaseError):
    """No such booking, course or service point."""


class ClashError(CaseError):
    """The class has another course at that time."""


class UnknownReferralError(CaseError):
    """No such referral, or it has been erased."""


class UnusableRowsError(CaseError):
    """A file of which rows are wrong; nothing was taken in."""


class UnfitDeviceError(CaseError):
    """A device that may not be registered like this."""


class MalformedDeviceError(UnfitDeviceError):
    """A name or use that no device has."""
