"""The command line: the one place that wires strategies and reports to the kernel."""
