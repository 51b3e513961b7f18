package phrase

// zhEnergy are the sentences of its room.
var zhEnergy = map[string]string{}
