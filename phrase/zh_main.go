package phrase

// zhMain are the sentences of its room.
var zhMain = map[string]string{}
