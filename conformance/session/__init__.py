"""One run wired together: settings, operations, target, plan, sender and recorder; commands and plugin use it."""
