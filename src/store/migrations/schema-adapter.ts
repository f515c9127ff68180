/**
 * The connection of the schema engine, where Prisma's own adapter falls short of the native engine: it cuts scripts
 * at every semicolon and runs the pieces one by one, cannot read PostgreSQL's "char" type (which describing a schema
 * needs), leaves its sessions open, and cannot drop its shadow database.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

const CHAR_OID = 18;
const TEXT_OID = 25;

export class SchemaAdapterFactory extends PrismaPg {
  readonly #databaseUrl: string;
  readonly #pool: pg.Pool;
  /** What PostgreSQL said of the script that failed; the engine passes on only that one did. */
  scriptError: unknown;
  readonly #shadows: { name: string; pool: pg.Pool }[] = [];

  constructor(databaseUrl: string) {
    const pool = openPool(databaseUrl);
    super(pool);
    this.#databaseUrl = databaseUrl;
    this.#pool = pool;
  }

  override async connect(): Promise<Adapter> {
    return this.#mend(await super.connect(), this.#pool);
  }

  override async connectToShadowDb(): Promise<Adapter> {
    const name = `prisma_shadow_${crypto.randomUUID().replaceAll('-', '')}`;
    await this.#pool.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    const url = new URL(this.#databaseUrl);
    url.pathname = `/${name}`;
    const pool = openPool(url.href);
    this.#shadows.push({ name, pool });
    return this.#mend(await new PrismaPg(pool).connect(), pool);
  }

  /** Closes all sessions and drops the shadow databases. The engine must not be used any more. */
  async end(): Promise<void> {
    for (const shadow of this.#shadows) {
      await shadow.pool.end();
      await this.#pool.query(`DROP DATABASE ${pg.escapeIdentifier(shadow.name)} WITH (FORCE)`);
    }
    await this.#pool.end();
  }

  #mend(adapter: Adapter, pool: pg.Pool): Adapter {
    // A migration is one multi-statement query, thus one transaction: it is applied whole or not at all.
    adapter.executeScript = async (script) => {
      await pool.query(script).catch((error: unknown) => {
        this.scriptError = error;
        throw error;
      });
    };
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const column of charColumns.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character;
      return result;
    };
    return adapter;
  }
}

/** Which columns of a result are of the type "char": told to the adapter as text, and to the engine as what they are. */
const charColumns = new WeakMap<object, number[]>();

function openPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 5_000 });
  const query = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
  const readable = async (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    const result = await query(config);
    const fields = result.fields ?? [];
    charColumns.set(
      result.rows ?? [],
      fields.flatMap((field, index) => (field.dataTypeID === CHAR_OID ? [index] : [])),
    );
    for (const field of fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
    return result;
  };
  pool.query = readable as typeof pool.query;
  return pool;
}
