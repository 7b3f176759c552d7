package server

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A seqAnswer is the answer of a command: the sequence number at which it had
// taken effect.
type seqAnswer struct {
	Seq uint64 `json:"seq"`
}

func (s *Server) seq() seqAnswer { return seqAnswer{s.rt.Tree().Seq} }

// A deletion is the answer of the command that deletes a director: how it
// stands just after.
type deletion struct {
	Seq         uint64         `json:"seq"`
	Phase       tree.Phase     `json:"phase"`
	Refcount    int64          `json:"refcount"`
	HeldBy      []event.Holder `json:"held_by"`
	MoreHolders int64          `json:"held_by_more,omitempty"`
	// Undo is nil if the delete cannot be undone.
	Undo *deletedUndo `json:"undo,omitempty"`
}

func (s *Server) deleteDirector(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	before := s.rt.Tree()
	letGo := s.holdSecrets(before, d)
	if err := c.Delete(d); err != nil {
		letGo()
		return err
	}
	snapshot := s.rt.Sample()
	answer := deletion{Seq: snapshot.Seq, Phase: tree.Destroyed, HeldBy: []event.Holder{}, Undo: s.remember(d, before, letGo)}
	if left, ok := snapshot.Director(d.ID()); ok {
		answer.Phase, answer.Refcount = left.Phase, left.Refcount()
		answer.HeldBy, answer.MoreHolders = heldBy(left)
	}
	return s.done(w, r, http.StatusAccepted, answer)
}

// memberCommand decodes what the commands on members have in common.
func (s *Server) memberCommand(c *director.Command, r *http.Request) (*director.Director, director.Group, newMember, error) {
	var body newMember
	d, err := s.pathDirector(r)
	if err != nil {
		return nil, nil, body, err
	}
	group, err := c.Group(d)
	if err != nil {
		return nil, nil, body, wrongPart("d", err)
	}
	return d, group, body, decode(r, &body)
}

// A slotAnswer is the answer of the command that adds a member.
type slotAnswer struct {
	Seq  uint64 `json:"seq"`
	Slot int    `json:"slot"`
}

func (s *Server) addMember(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	d, group, body, err := s.memberCommand(c, r)
	if err != nil {
		return err
	}
	target, weight, err := s.memberOf(d, body, 1)
	if err != nil {
		return err
	}
	slot, err := group.AddMember(target, weight)
	if err != nil {
		return memberProblem(err)
	}
	return s.done(w, r, http.StatusCreated, slotAnswer{s.seq().Seq, slot})
}

// setMember points a slot at another director or changes its weight; what the
// body leaves out stays as it is.
func (s *Server) setMember(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	d, group, body, err := s.memberCommand(c, r)
	if err != nil {
		return err
	}
	slot, now, err := s.pathSlot(r, d)
	if err != nil {
		return err
	}
	if body.Director == "" && body.Weight == nil {
		return refuse("director", "name a director, or give a weight")
	}
	if body.Director == "" {
		body.Director = fmt.Sprintf("@%d", now.ID)
	}
	target, weight, err := s.memberOf(d, body, now.Weight)
	if err != nil {
		return err
	}
	if err := group.SetMember(slot, target, weight); err != nil {
		return memberProblem(err)
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

func (s *Server) removeMember(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	group, err := c.Group(d)
	if err != nil {
		return wrongPart("d", err)
	}
	slot, _, err := s.pathSlot(r, d)
	if err != nil {
		return err
	}
	if err := group.RemoveMember(slot); err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

// memberOf finds what the body names, and its weight.
func (s *Server) memberOf(d *director.Director, body newMember, usual float64) (*director.Director, float64, error) {
	target, err := s.bodyDirector("director", d.VCL(), body.Director)
	if err != nil {
		return nil, 0, err
	}
	weight, err := weightOf(body.Weight, usual)
	if err != nil {
		return nil, 0, wrongField("weight", err)
	}
	return target, weight, nil
}

// memberProblem blames the field of the body, unless the slot is to blame.
func memberProblem(err error) error {
	if errors.Is(err, director.ErrNotFound) || errors.Is(err, director.ErrReleased) {
		return err
	}
	return wrongField("director", err)
}

// pathSlot returns the number of the slot that the path names, and what is in it.
func (s *Server) pathSlot(r *http.Request, d *director.Director) (int, tree.Member, error) {
	text, err := param(r, "slot")
	if err != nil {
		return 0, tree.Member{}, err
	}
	missing := fmt.Errorf("member slot %s of %s: %w", text, d.FullName(), director.ErrNotFound)
	slot, err := strconv.Atoi(text)
	if err != nil {
		return 0, tree.Member{}, missing
	}
	known, ok := s.rt.Tree().Director(d.ID())
	if !ok {
		return 0, tree.Member{}, missing
	}
	m, ok := known.Member(slot)
	if !ok {
		return 0, tree.Member{}, missing
	}
	return slot, m, nil
}

// maxNote bounds the note of a pin in bytes.
const maxNote = 200

type pinBody struct {
	Note string `json:"note" form:"note"`
}

type pinAnswer struct {
	Seq uint64 `json:"seq"`
	ID  uint64 `json:"id"`
}

func (s *Server) pin(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	var body pinBody
	if err := decode(r, &body); err != nil {
		return err
	}
	if len(body.Note) > maxNote || !utf8.ValidString(body.Note) {
		return refuse("note", fmt.Sprintf("at most %d bytes", maxNote))
	}
	if strings.ContainsFunc(body.Note, unseen) {
		return refuse("note", "characters that cannot be seen may not stand in it")
	}
	id, err := c.Pin(d, body.Note)
	if err != nil {
		return err
	}
	return s.done(w, r, http.StatusCreated, pinAnswer{s.seq().Seq, id})
}

// unseen reports whether a character could change how what stands around it is
// read, or ends a line; those that join letters and signs are no such.
func unseen(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return !unicode.IsGraphic(r) && r != nonJoiner && r != joiner
}

func (s *Server) unpin(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	text, err := param(r, "id")
	if err != nil {
		return err
	}
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("pin %q: %w", text, director.ErrNotFound)
	}
	if err := c.Unpin(id); err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, s.seq())
}

type healthBody struct {
	Pattern string               `json:"pattern" form:"pattern"`
	Admin   director.AdminHealth `json:"admin" form:"admin"`
}

type healthAnswer struct {
	Seq     uint64 `json:"seq"`
	Matched int    `json:"matched"`
}

func (s *Server) setHealth(c *director.Command, w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	var body healthBody
	if err := decode(r, &body); err != nil {
		return err
	}
	if body.Pattern == "" {
		return refuse("pattern", "say which directors: a name, or a pattern such as boot.a*")
	}
	if err := checkPattern(body.Pattern); err != nil {
		return err
	}
	matched, err := c.SetHealthMatching(body.Pattern, body.Admin)
	if err != nil {
		return wrongField("admin", err)
	}
	if matched == 0 {
		return fmt.Errorf("directors that match %q: %w", body.Pattern, director.ErrNotFound)
	}
	return s.done(w, r, http.StatusOK, healthAnswer{s.seq().Seq, matched})
}

type faultBody struct {
	Failing *bool `json:"failing" form:"failing"`
}

func (s *Server) setFault(_ *director.Command, w http.ResponseWriter, r *http.Request) error {
	if s.options.Faults == nil {
		return s.notFound(w, r)
	}
	d, err := s.pathDirector(r)
	if err != nil {
		return err
	}
	var body faultBody
	if err := decode(r, &body); err != nil {
		return err
	}
	if body.Failing == nil {
		return refuse("failing", "true or false is needed")
	}
	shown, ok := s.rt.Tree().Director(d.ID())
	if !ok || !s.options.Faults.CanFail(shown) {
		return fmt.Errorf("a way to make %s fail: %w", d.Name(), director.ErrNotFound)
	}
	if err := s.options.Faults.SetFailing(shown, *body.Failing); err != nil {
		return err
	}
	return s.done(w, r, http.StatusOK, s.seq())
}
