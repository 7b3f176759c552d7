package web

import "context"

type keyKey struct{}

// WithKey returns a context with which pages, and the forms in pages and patches,
// are printed with the key that proves that a command comes from one of them. What
// is printed without has none.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyKey{}, key)
}

func keyOf(ctx context.Context) string {
	key, _ := ctx.Value(keyKey{}).(string)
	return key
}
