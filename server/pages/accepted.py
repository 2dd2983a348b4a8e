"""What each page may be asked with: a name that it does not have is refused, as the API does, and so is such a form.

A filter that is misspelt and passed over in silence would answer another question than the one that was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from server.addresses import asked
from server.questions.parameters import Parameter, read

_UNFOLD = Parameter("unfold", "everything that is folded stands open", "flag")
_Given = ParamSpec("_Given")
_Page = TypeVar("_Page")


def accepting(
    view: Callable[_Given, _Page], names: tuple[str, ...] | None, forms: tuple[str, ...]
) -> Callable[_Given, _Page | Response]:
    """Have a view refuse what it cannot be asked with; an address with fields left empty leads to the one without them.

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
    def checked(*args: _Given.args, **kwargs: _Given.kwargs) -> _Page | Response:
        read(table, asked(), others=names is None)
        pairs = list(request.args.items(multi=True))
        filled = [(name, text) for name, text in pairs if text.strip()]
        if len(filled) < len(pairs):
            return redirect(f"{request.path}?{urlencode(filled)}" if filled else request.path)
        return view(*args, **kwargs)

    return checked
