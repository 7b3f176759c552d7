package load

import (
	"encoding/binary"
	"errors"
)

// Opcodes of frames (RFC 6455, section 5.2).
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// maxFrame bounds a frame that a server sends; it is far above any patch.
const maxFrame = 64 << 20

// A frame is one frame of a server. The payload is only valid until the next
// call of the reader that made it.
type frame struct {
	op         byte
	compressed bool // by permessage-deflate (RFC 7692)
	payload    []byte
}

var (
	errMasked     = errors.New("a server's frame is masked")
	errFragmented = errors.New("a message comes in several frames")
	errTooLong    = errors.New("a frame is too long")
)

// A frameReader cuts the bytes of one connection into frames. It is pushed: it
// is given what has come, so that a connection that is silent needs neither a
// goroutine nor a buffer.
type frameReader struct {
	rest []byte // the beginning of a frame that is not whole yet
}

// push takes the bytes that have come next and calls each for every frame that
// is whole now. An error means that the rest of the connection cannot be read.
func (r *frameReader) push(p []byte, each func(frame)) error {
	if len(r.rest) > 0 {
		r.rest = append(r.rest, p...)
		p = r.rest
	}
	for {
		f, size, err := cut(p)
		if err != nil {
			return err
		}
		if size == 0 {
			break
		}
		each(f)
		p = p[size:]
	}
	if len(p) == 0 {
		r.rest = nil
	} else {
		r.rest = append(make([]byte, 0, len(p)), p...)
	}
	return nil
}

// cut returns the first frame of p and how many bytes it has; 0 if p does not
// have all of it.
func cut(p []byte) (f frame, size int, err error) {
	if len(p) < 2 {
		return frame{}, 0, nil
	}
	if p[1]&0x80 != 0 {
		return frame{}, 0, errMasked
	}
	if p[0]&0x80 == 0 || p[0]&0x0f == 0 {
		return frame{}, 0, errFragmented
	}
	header, length := 2, uint64(p[1])
	switch length {
	case 126:
		header = 4
	case 127:
		header = 10
	}
	if len(p) < header {
		return frame{}, 0, nil
	}
	switch header {
	case 4:
		length = uint64(binary.BigEndian.Uint16(p[2:]))
	case 10:
		length = binary.BigEndian.Uint64(p[2:])
	}
	if length > maxFrame {
		return frame{}, 0, errTooLong
	}
	size = header + int(length)
	if len(p) < size {
		return frame{}, 0, nil
	}
	return frame{op: p[0] & 0x0f, compressed: p[0]&0x40 != 0, payload: p[header:size]}, size, nil
}

// answer returns the frame of a client that carries payload, masked with zeros;
// payload has at most 125 bytes, as in every control frame.
func answer(op byte, payload []byte) []byte {
	return append([]byte{0x80 | op, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
}
