"""What is filled in while a scheme is delivered and taken over (PL-19)."""

from __future__ import annotations

from portal.forms import moments
from portal.forms.base import Stage
from portal.forms.fields import Day, Integer, Text
from portal.forms.references import Attachments
from portal.lib.i18n import _l
from portal.queries import project_papers


def version(project_id: int | None) -> str | None:
    """The version that the next delivery of a scheme for the project gets: V1, V2 ..."""
    return f"V{project_papers.schemes_delivered(project_id) + 1}" if project_id else None


class SchemeDelivery(Stage):
    """The scheme as the design unit delivers it; each delivery is a version of its own."""

    scheme_file = Attachments(_l("方案文件"))
    delivered_on = Day(_l("提交日期"))
    delivered_version = Text(_l("提交版本"), computed=True)

    def compute(self) -> None:
        """Each time that something is delivered for the project counts one up."""
        super().compute()
        project = self.context.get("project")
        self.delivered_version.data = version(project.id) if project else None

    def check(self) -> None:
        """What is delivered is there."""
        moments.refuse_future(self, "delivered_on")


class BookletHandover(Stage):
    """How many sets have come, on paper and as files (R36)."""

    paper_booklets = Integer(_l("纸质方案册(套)"), high=999)
    dwg_sets = Integer(_l("平立剖图纸dwg电子版(套)"), high=999)

    def check(self) -> None:
        """At least one set of each; where one is missing, the design unit gets the scheme back."""
        for field in (self.paper_booklets, self.dwg_sets):
            if field.data == 0:
                self.refuse(field.short_name, _l("至少须有一套；没有收到的，请退回设计单位补交"))
