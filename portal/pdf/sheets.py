"""Everything that can be printed."""

from __future__ import annotations

from portal.pdf.assurance_sheet import AssuranceSheet
from portal.pdf.blank_sheet import BlankSheet
from portal.pdf.copy_sheet import CopySheet
from portal.pdf.label_sheet import LabelSheet
from portal.pdf.printout import Printout
from portal.pdf.redline_sheet import RedlineSheet
from portal.pdf.text_sheet import TextSheet

Sheet = Printout | BlankSheet | LabelSheet | TextSheet | RedlineSheet | AssuranceSheet
Asked = Sheet | CopySheet
