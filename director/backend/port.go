package backend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"strconv"
)

// ParsePort reads a port as VCL's .port and a shell do: a number, or the name of
// a TCP service that this machine knows ("http"). It does not check the range.
func ParsePort(text string) (int, error) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, nil
	}
	n, err := net.LookupPort("tcp", text)
	if err != nil || text == "" {
		return 0, fmt.Errorf("%q is neither a number nor a service such as http", text)
	}
	return n, nil
}

// UnmarshalJSON implements [json.Unmarshaler]: port may be what [ParsePort]
// reads, too. A field that there is not is an error.
func (c *Config) UnmarshalJSON(data []byte) error {
	data, err := numberPort(data)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	type plain Config // without this method
	return decoder.Decode((*plain)(c))
}

// numberPort replaces a port that is a string by its number.
func numberPort(data []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	var text string
	if json.Unmarshal(data, &fields) != nil || json.Unmarshal(fields["port"], &text) != nil || string(fields["port"]) == "null" {
		return data, nil // what is wrong with it is found where it is decoded
	}
	n, err := ParsePort(text)
	if err != nil {
		return nil, &json.UnmarshalTypeError{Value: strconv.Quote(text), Type: reflect.TypeFor[int](), Field: "port"}
	}
	fields["port"] = strconv.AppendInt(nil, int64(n), 10)
	return json.Marshal(fields)
}
