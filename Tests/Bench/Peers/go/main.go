// A peer: Go's net/http with pgx v4 (Debian's golang-github-jackc-pgx-v4-dev). The tenant's scope rides in a batch with the statement.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

type patient struct {
	ID        int64     `json:"id"`
	Mrn       string    `json:"mrn"`
	Family    string    `json:"family"`
	Given     string    `json:"given"`
	Born      time.Time `json:"born"`
	Sex       string    `json:"sex"`
	Phone     *string   `json:"phone"`
	Email     *string   `json:"email"`
	Address   *string   `json:"address"`
	Active    bool      `json:"active"`
	Version   int32     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

const sel = `SELECT id, mrn, family, given, born, sex::text, phone, email, address, active, version, created_at, updated_at FROM patient WHERE id = $1`
const ins = `INSERT INTO appointment (patient_id, provider_id, during, reason) VALUES ($1, $2, tstzrange('2026-01-01Z'::timestamptz + $3::int * interval '15 min', '2026-01-01Z'::timestamptz + ($3::int+1) * interval '15 min'), $4) RETURNING id`
const aud = `INSERT INTO audit_log (actor, action, entity, entity_id, detail) VALUES ('u:17','create','appointment',$1,'{"ip":"127.0.0.1"}')`
const obx = `INSERT INTO outbox (topic, payload) VALUES ('appointment.booked', jsonb_build_object('id', $1::bigint))`
const scope = `SELECT set_config('role', $1, true), set_config('search_path', $1 || ', public', true)`

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "18104"
	}
	// libpq's variables say where the database is.
	cfg, err := pgxpool.ParseConfig("pool_max_conns=8")
	if err != nil {
		panic(err)
	}
	if os.Getenv("MODE") != "prep" { // statement cache 'describe' survives search_path changes without per-tenant server state
		cfg.ConnConfig.BuildStatementCache = nil
	}
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "SET ROLE t_1; SET search_path = t_1, public"); err != nil {
			return err
		}
		for n, q := range map[string]string{"scope": scope, "sel": sel, "ins": ins, "aud": aud, "obx": obx} {
			if _, err := c.Prepare(ctx, n, q); err != nil {
				return err
			}
		}
		_, err := c.Exec(ctx, "RESET ROLE; RESET search_path")
		return err
	}
	pool, err := pgxpool.ConnectConfig(context.Background(), cfg)
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("Hello")) })
	http.HandleFunc("/t/", func(w http.ResponseWriter, r *http.Request) {
		p := strings.Split(r.URL.Path, "/")
		if len(p) < 4 {
			w.WriteHeader(404)
			return
		}
		t, err := strconv.Atoi(p[2])
		if err != nil {
			w.WriteHeader(400)
			return
		}
		role := "t_" + strconv.Itoa(t)
		ctx := context.Background()
		if r.Method == "GET" && len(p) == 5 {
			id, _ := strconv.ParseInt(p[4], 10, 64)
			b := &pgx.Batch{}
			b.Queue("begin")
			b.Queue("scope", role)
			b.Queue("sel", id)
			b.Queue("commit")
			br := pool.SendBatch(ctx, b)
			br.Exec()
			br.Exec()
			var x patient
			err := br.QueryRow().Scan(&x.ID, &x.Mrn, &x.Family, &x.Given, &x.Born, &x.Sex, &x.Phone, &x.Email, &x.Address, &x.Active, &x.Version, &x.CreatedAt, &x.UpdatedAt)
			br.Close()
			if err != nil {
				http.Error(w, err.Error(), 500)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(&x)
			return
		}
		var q struct {
			PatientID  int64  `json:"patient_id"`
			ProviderID int64  `json:"provider_id"`
			Slot       int32  `json:"slot"`
			Reason     string `json:"reason"`
		}
		if json.NewDecoder(r.Body).Decode(&q) != nil {
			w.WriteHeader(400)
			return
		}
		var id int64
		err = pool.BeginFunc(ctx, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "scope", role); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, "ins", q.PatientID, q.ProviderID, q.Slot, q.Reason).Scan(&id); err != nil {
				return err
			}
			b := &pgx.Batch{}
			b.Queue("aud", id)
			b.Queue("obx", id)
			return tx.SendBatch(ctx, b).Close()
		})
		if err != nil {
			if pe, ok := err.(*pgconn.PgError); ok && pe.Code == "23P01" {
				w.WriteHeader(409)
			} else {
				http.Error(w, err.Error(), 500)
			}
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(201)
		fmt.Fprintf(w, `{"id":%d}`, id)
	})
	panic(http.ListenAndServe("127.0.0.1:"+port, nil))
}
