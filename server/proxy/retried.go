package proxy

import (
	"errors"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director"
)

// retried is the parameter of Proxy-Status (RFC 9211, section 2.1.5) that says
// which backends had failed the request before, "" if none had.
func retried(after []*director.Director) string {
	if len(after) == 0 {
		return ""
	}
	var names []string
	for _, d := range after {
		names = append(names, d.Name())
	}
	details, ok := quoted("attempt " + strconv.Itoa(len(after)+1) + ", after " + strings.Join(names, ", "))
	if !ok { // a name that cannot be said
		details = `"attempt ` + strconv.Itoa(len(after)+1) + `"`
	}
	return "; details=" + details
}

// retriedError is retried for a request that no backend has answered.
func retriedError(err error) string {
	if failed, ok := errors.AsType[*director.RetryError](err); ok {
		return retried(failed.After)
	}
	return ""
}
