package phrase

// zhApi are the sentences of its room.
var zhApi = map[string]string{}
