"""The index of everything that can be searched for; nothing else knows how the databases keep it."""
