package web

import (
	"fmt"

	"github.com/a-h/templ"

	"github.com/callboard/callboard/web/view"
)

// inSection returns the component of a part of a section of the inspector, see
// [view.Composite].
func inSection(f view.Fragment) (templ.Component, error) {
	switch f := f.(type) {
	case *view.HolderSum:
		return holderSum(f), nil
	case *view.HolderRow:
		return holder(f), nil
	case *view.MemberSum:
		return memberSum(f), nil
	case *view.MemberRow:
		return member(f), nil
	case *view.MemberShare:
		return memberShare(f), nil
	case *view.Spark:
		return spark(f), nil
	case *view.Totals:
		return totals(f), nil
	}
	return nil, fmt.Errorf("web: no component prints %T", f)
}
