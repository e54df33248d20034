// The table of areas: each is a part of the language, as a list of ways to make a statement.
package main

// area: its program-level declarations, simple statements (any depth, any function), and whole ones (the outermost level of a unit).
type area struct {
	name    string
	declare func(*gen)
	simple  []func(*gen)
	whole   []func(*gen)
}

var areas []*area

func init() {
	areas = []*area{intsArea, floatsArea, stringsArea, slicesArea, mapsArea, controlArea, funcsArea, interfacesArea, orderArea, genericsArea, panicsArea,
		channelsArea, structsArea}
}

func areaNamed(name string) *area {
	for _, a := range areas {
		if a.name == name {
			return a
		}
	}
	return nil
}
