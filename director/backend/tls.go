package backend

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
)

// A TLSConfig says how to speak TLS to a backend. The zero value checks the
// certificate against the system's authorities and the backend's name.
type TLSConfig struct {
	// ServerName is asked for, and looked for in the certificate. The host
	// header without its port if empty, and else the host.
	ServerName string `json:"server_name,omitempty" form:"server_name"`
	// InsecureSkipVerify accepts any certificate.
	InsecureSkipVerify bool `json:"insecure_skip_verify,omitempty" form:"insecure_skip_verify"`
	// CA are the certificates of the authorities to trust instead of the
	// system's, as PEM. They are shown; a private key among them is refused.
	CA string `json:"ca,omitempty" form:"ca"`
	// CAFile is a file of them instead: a regular one of at most 1 MiB, which is
	// read once, by [New].
	CAFile string `json:"ca_file,omitempty" form:"ca_file"`
}

// maxCAFile bounds a file of authorities.
const maxCAFile = 1 << 20

func (c *TLSConfig) load() (*tls.Config, error) {
	config := &tls.Config{
		ServerName:         c.ServerName,
		InsecureSkipVerify: c.InsecureSkipVerify,
		NextProtos:         []string{"http/1.1"},
		MinVersion:         tls.VersionTLS12,
	}
	field, text := "tls.ca", c.CA
	switch {
	case c.CA == "" && c.CAFile == "":
		return config, nil
	case c.CA != "" && c.CAFile != "":
		return nil, &FieldError{"tls.ca_file", "give authorities or a file of them, not both"}
	case c.CAFile != "":
		field = "tls.ca_file"
		var err error
		if text, err = readCAFile(c.CAFile); err != nil {
			return nil, &FieldError{field, err.Error()}
		}
	}
	authorities, err := parseAuthorities(text)
	if err != nil {
		return nil, &FieldError{field, err.Error()}
	}
	config.RootCAs = x509.NewCertPool()
	for _, a := range authorities {
		config.RootCAs.AddCert(a)
	}
	return config, nil
}

// readCAFile reads a file of a known size: what has no end, or blocks, is none.
func readCAFile(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular() || info.Size() > maxCAFile:
		return "", fmt.Errorf("a regular file of at most %d bytes", maxCAFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCAFile))
	return string(text), err
}

// parseAuthorities returns the certificates in a text. What stands between them
// is passed over.
func parseAuthorities(text string) (all []*x509.Certificate, err error) {
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("only certificates belong here, and no %s", pemWord(block.Type))
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d cannot be read", len(all)+1)
		}
		all = append(all, certificate)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no certificate in it")
	}
	return all, nil
}

// pemWord says what else a PEM block is, in words of ours: the client's may hold
// anything.
func pemWord(kind string) string {
	switch kind {
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
		return "private key"
	}
	return "blocks of another type"
}

// onlyCertificates returns the certificates in a text without what stands between
// them, which is not known to be harmless.
func onlyCertificates(text string) string {
	authorities, err := parseAuthorities(text)
	if err != nil {
		return "" // New refuses it
	}
	var all []byte
	for _, a := range authorities {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Raw})...)
	}
	return string(all)
}

// hostOf returns a host header without its port.
func hostOf(header string) string {
	if host, _, err := net.SplitHostPort(header); err == nil {
		return host
	}
	return header
}
