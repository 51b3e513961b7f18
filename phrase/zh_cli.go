package phrase

// zhCli are the sentences of its room.
var zhCli = map[string]string{}
