"""NamedTuple for our records: that of typing, made at a quarter of the cost.

A check makes some 50 such classes when it starts, check_ha 110, once a minute on every node. typing takes 0.1 ms for
each, and more where annotations are strings: it compiles each of these, and a constructor. Here a constructor is one
that is compiled already, under the names of the fields. What is left out are only the checks of annotations and names,
which mypy makes; mypy, and Python from 3.14 on, take typing's own.
"""

import sys

TYPE_CHECKING = False  # without typing, which check_ha_collect does without

if TYPE_CHECKING or sys.version_info >= (3, 14):  # where a class does not have its annotations while it is made
    from typing import NamedTuple as NamedTuple
else:
    from collections import _tuplegetter
    from types import FunctionType

    _new = tuple.__new__
    _UNEXPECTED = TypeError if sys.version_info >= (3, 13) else ValueError
    _CONSTRUCTORS = (
        lambda _cls: _new(_cls, ()),
        lambda _cls, a: _new(_cls, (a,)),
        lambda _cls, a, b: _new(_cls, (a, b)),
        lambda _cls, a, b, c: _new(_cls, (a, b, c)),
        lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
        lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
        lambda _cls, a, b, c, d, e, f: _new(_cls, (a, b, c, d, e, f)),
        lambda _cls, a, b, c, d, e, f, g: _new(_cls, (a, b, c, d, e, f, g)),
        lambda _cls, a, b, c, d, e, f, g, h: _new(_cls, (a, b, c, d, e, f, g, h)),
        lambda _cls, a, b, c, d, e, f, g, h, i: _new(_cls, (a, b, c, d, e, f, g, h, i)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j: _new(_cls, (a, b, c, d, e, f, g, h, i, j)),
    )

    def _constructor(fields, defaults):
        """Return the function that makes a record of these fields, of which the last have these defaults."""
        if len(fields) < len(_CONSTRUCTORS):
            known = _CONSTRUCTORS[len(fields)]
        else:
            names = ", ".join(fields)
            known = eval(f"lambda _cls, {names}: _new(_cls, ({names}))")  # noqa: S307  # the names of a class of ours
        code = known.__code__.replace(co_varnames=("_cls", *fields))
        return FunctionType(code, {"_new": _new}, "__new__", defaults)

    class _Record(tuple):
        """What all of them can do."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, /, **changes):
            made = _new(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise _UNEXPECTED(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self))

        def __repr__(self):
            shown = ", ".join([f"{name}={value!r}" for name, value in zip(self._fields, self)])
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self):
            return tuple(self)

    class _Maker(type):
        """Makes a class with annotated fields one of tuples."""

        def __new__(cls, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default follows one that has one")
            for index, field in enumerate(fields):
                body[field] = _tuplegetter(index, None)
            body.update(
                __new__=_constructor(fields, tuple(defaults.values())),
                __slots__=(),
                __match_args__=fields,
                _fields=fields,
                _field_defaults=defaults,
            )
            return type(name, (_Record,), body)

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
