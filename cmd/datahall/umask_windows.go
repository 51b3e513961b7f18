package main

// closeToOthers has nothing to do here: a user's profile is closed to others.
func closeToOthers() {}
