"""The rows of a list as markup: every cell escaped unless its column has made markup of it."""

from collections.abc import Sequence
from html import escape

from django.utils.translation import gettext as _
from markupsafe import Markup

from marshrut.deals.queries.list_rows import ClientLine, MatterLine
from marshrut.desk.lists.columns import Column
from marshrut.desk.lists.shown import Shown


def rows_markup(lines: Sequence[MatterLine | ClientLine], columns: Sequence[Column], shown: Shown) -> Markup:
    """Table rows, the first cell of each a tick."""
    drawn = [(f'<td class="{column.css}">' if column.css else "<td>", column.cell) for column in columns]
    choose = _("Choose %(name)s")
    made = []
    for line in lines:
        tick = escape(choose % {"name": _called(line, shown)})
        cells = "".join([f"{opening}{_escaped(cell(line, shown))}</td>" for opening, cell in drawn])
        made.append(
            f'<tr data-row data-id="{line.id}"><td class="cell-tick">'
            f'<input type="checkbox" data-tick value="{line.id}" aria-label="{tick}"></td>{cells}</tr>\n'
        )
    return Markup("".join(made))


def _escaped(cell: Markup | str) -> str:
    return cell if type(cell) is Markup else escape(cell)


def _called(line: MatterLine | ClientLine, shown: Shown) -> str:
    """How a row is told from others by ear: by the name where names do not give numbers away, and by the row's number."""
    name = line.name if isinstance(line, ClientLine) else line.person or ""
    return f"{name} {line.id}" if shown.sees_phones else str(line.id)
