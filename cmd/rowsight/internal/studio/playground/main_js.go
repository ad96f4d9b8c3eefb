//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"errors"
	"syscall/js"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/example"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/memory"
)

func main() {
	host := &memory.Host{}
	files := studio.Files{Example: true}
	for name, path := range map[string]*string{"rules.csv": &files.Rules, "sales.csv": &files.Data, "users.csv": &files.Users} {
		text, err := example.Files.ReadFile(name)
		if err != nil {
			js.Global().Get("console").Call("error", err.Error())
			return
		}
		*path = host.Put(name, text)
	}
	engine, err := studio.New(context.Background(), host, files)
	if err != nil {
		js.Global().Get("console").Call("error", err.Error())
		return
	}
	library := js.Global().Get("Object").New()
	library.Set("call", promise(func(args []js.Value) ([]byte, error) {
		return engine.Call(context.Background(), args[0].String(), []byte(args[1].String()))
	}))
	library.Set("drop", promise(func(args []js.Value) ([]byte, error) {
		content := make([]byte, args[2].Get("length").Int())
		js.CopyBytesToGo(content, args[2])
		return engine.Drop(context.Background(), args[0].String(), args[1].String(), content)
	}))
	js.Global().Call("rowsightReady", library)
	select {}
}

// promise makes a function for the page that answers later, with JSON: an error
// is a problem with a code.
func promise(f func([]js.Value) ([]byte, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		var run js.Func
		run = js.FuncOf(func(_ js.Value, settle []js.Value) any {
			go func() {
				defer run.Release()
				answer, err := f(args)
				if err != nil {
					problem := &studio.Problem{Code: "error", Text: err.Error()}
					errors.As(err, &problem)
					answer, _ = json.Marshal(problem)
				}
				settle[0].Invoke(string(answer))
			}()
			return nil
		})
		return js.Global().Get("Promise").New(run)
	})
}
