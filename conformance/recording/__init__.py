"""Recording: the journal of a run, traffic recorded by others, shards joined."""
