"""What each page may be asked with: a name that it does not have is refused, as the API does, and so is such a form.

A filter that is misspelt and passed over in silence would answer another question than the one that was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from server.addresses import asked
from server.questions.parameters import Parameter, read

_UNFOLD = Parameter("unfold", "everything that is folded stands open", "flag")
_Given = ParamSpec("_Given")
_Page = TypeVar("_Page")


def accepting(
    view: Callable[_Given, _Page], names: tuple[str, ...] | None, forms: tuple[str, ...]
) -> Callable[_Given, _Page]:
    """Have a view refuse what it cannot be asked with.

    Args:
        view: answers a request for the page.
        names: its parameters; None where the view reads them against a table of its own.
        forms: the files that it can be had as.

    Raises: InvalidParameter, when the view is called.
    """
    table = [Parameter(name, "", repeated=True) for name in names or ()]
    if forms:
        table.append(Parameter("format", "the page as a file", choices=forms))
    if names is None or forms:
        table.append(_UNFOLD)

    @wraps(view)
    def checked(*args: _Given.args, **kwargs: _Given.kwargs) -> _Page:
        read(table, asked(), others=names is None)
        return view(*args, **kwargs)

    return checked
