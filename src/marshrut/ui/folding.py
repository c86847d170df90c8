"""What a template says alike to everybody of one language is written down when the template is compiled.

A page asks for some hundred and fifty words, icons and addresses that depend on the language alone. Looked up at each
rendering they were a fifth of the page's cost (docs/adr/0057).
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer


class FoldingEnvironment(Environment):
    """A Jinja2 environment of one language: calls of `foldable` functions with constant arguments become their values.

    Attributes:
        language: code of the language its templates speak.
        foldable: name in templates → a function whose answer depends on its arguments and the language alone.
    """

    language: str
    foldable: Mapping[str, Callable[..., str]]

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """Jinja2's own hook between parsing and the making of code."""
        with translation.override(self.language):
            folded = _Folder(self.foldable).visit(source)
        return super()._generate(folded, *args, **kwargs)


class _Folder(NodeTransformer):
    """Replaces calls by constants. A string that is markup stays markup: `Const` keeps the type."""

    def __init__(self, foldable: Mapping[str, Callable[..., str]]) -> None:
        self._foldable = foldable

    def visit_Call(self, call: nodes.Call) -> nodes.Node:
        self.generic_visit(call)
        function = self._foldable.get(call.node.name) if isinstance(call.node, nodes.Name) else None
        if function is None or call.dyn_args or call.dyn_kwargs:
            return call
        try:
            positional = [argument.as_const() for argument in call.args]
            named = {argument.key: argument.value.as_const() for argument in call.kwargs}
        except nodes.Impossible:
            return call
        return nodes.Const(function(*positional, **named), lineno=call.lineno)
