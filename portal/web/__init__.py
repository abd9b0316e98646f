"""The hallway between the rooms: who may pass, one commit a request, refusals, navigation."""
