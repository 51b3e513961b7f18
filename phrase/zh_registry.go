package phrase

// zhRegistry are the sentences of its room.
var zhRegistry = map[string]string{}
