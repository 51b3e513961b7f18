package phrase

// zhLinear are the sentences of its room.
var zhLinear = map[string]string{}
