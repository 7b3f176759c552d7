package backend

import (
	"crypto/tls"
	"crypto/x509"
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
	// CAFile holds the authorities to trust instead of the system's, as PEM. It
	// is read once, by [New].
	CAFile string `json:"ca_file,omitempty" form:"ca_file"`
}

func (c *TLSConfig) load() (*tls.Config, error) {
	config := &tls.Config{
		ServerName:         c.ServerName,
		InsecureSkipVerify: c.InsecureSkipVerify,
		NextProtos:         []string{"http/1.1"},
		MinVersion:         tls.VersionTLS12,
	}
	if c.CAFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, &FieldError{"tls.ca_file", err.Error()}
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, &FieldError{"tls.ca_file", "no certificate in it"}
	}
	return config, nil
}

// hostOf returns a host header without its port.
func hostOf(header string) string {
	if host, _, err := net.SplitHostPort(header); err == nil {
		return host
	}
	return header
}
