"""Planning: what a document demands, and the cases that decide it, a pure function of the document."""
