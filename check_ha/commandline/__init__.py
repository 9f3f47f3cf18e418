"""Arguments in, one line and an exit code out: the only place that knows nagiosplugin."""
