package phrase

// zhConsole are the sentences of its room.
var zhConsole = map[string]string{}
