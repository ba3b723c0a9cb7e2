package h5

// SetAttr gives a group or data set an attribute, in place of one that has the name: a string, a
// number (int, int32, int64, uint8, float32, float64), or a slice of these.
func (f *File) SetAttr(object, name string, value any) error {
	v, err := valueOf(value)
	if err != nil {
		return &Error{Op: "set attribute", Path: f.path + ":" + object + "@" + name, Reason: err.Error()}
	}
	return f.call("set attribute", object+"@"+name, func() error { return nativeSetAttr(f.file.ID(), object, name, v) })
}

// Attr gives an attribute's value: a string, int64 or float64, or a slice of these; nil for a type
// that this package does not read, such as references.
func (f *File) Attr(object, name string) (value any, err error) {
	err = f.call("read attribute", object+"@"+name, func() error {
		value, err = nativeAttr(f.file.ID(), object, name)
		return err
	})
	return value, err
}

// Attrs gives the names of an object's attributes, sorted.
func (f *File) Attrs(object string) (names []string, err error) {
	err = f.call("list attributes of", object, func() error {
		names, err = nativeAttrs(f.file.ID(), object)
		return err
	})
	return names, err
}
