package director

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// parseConfig reads a Config without loss: numbers stay what was written.
func parseConfig(config json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(config))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("what was recorded: %w", err)
	}
	return root, nil
}

// setField puts a text into a field that is there: "backend.probe.request[1]".
func setField(root any, field, value string) error {
	at := root
	parts := fieldParts(field)
	if len(parts) == 0 {
		return noField(field)
	}
	for i, part := range parts {
		last := i == len(parts)-1
		switch in := at.(type) {
		case map[string]any:
			if _, ok := in[part]; !ok {
				return noField(field)
			}
			if last {
				in[part] = value
			}
			at = in[part]
		case []any:
			n, err := strconv.Atoi(part)
			if err != nil || n < 0 || n >= len(in) {
				return noField(field)
			}
			if last {
				in[n] = value
			}
			at = in[n]
		default:
			return noField(field)
		}
	}
	return nil
}

func noField(field string) error {
	return fmt.Errorf("what was recorded: %w: it has no field %s", ErrInvalid, field)
}

// fieldParts splits "a.b[1]" into a, b and 1.
func fieldParts(field string) []string {
	return strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}
