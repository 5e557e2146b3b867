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
