package phrase

// zhHub are the sentences of its room.
var zhHub = map[string]string{}
