package phrase

// zhEngine are the sentences of its room.
var zhEngine = map[string]string{}
