"""The person on a day: what the rules about people look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from movescreen.care.intake import Intake, Sex


@dataclass(frozen=True)
class Person:
    """A person, as far as known, on a day.

    Attributes
    ----------
    today
        The day for which the rules are asked.
    birth_year
        None when not known.
    sex
        Empty when not known.
    intake
        The latest conversation; None when there was none.
    """

    today: date
    birth_year: int | None = None
    sex: Sex = ""
    intake: Intake | None = None

    @property
    def age(self) -> int | None:
        """Years by the calendar, which may be one too many before the birthday; None when not known."""
        return None if self.birth_year is None else self.today.year - self.birth_year

    @property
    def weeks_postpartum(self) -> int | None:
        """Whole weeks since the birth, today; None when there was none, or nobody asked."""
        if self.intake is None or self.intake.weeks_postpartum is None:
            return None
        return self.intake.weeks_postpartum + max(0, (self.today - self.intake.day).days) // 7
