CREATE SCHEMA IF NOT EXISTS "platform";

CREATE SCHEMA IF NOT EXISTS "catalog";

CREATE SCHEMA IF NOT EXISTS "imports";

CREATE SCHEMA IF NOT EXISTS "production";

CREATE SCHEMA IF NOT EXISTS "recipes";

CREATE SCHEMA IF NOT EXISTS "sales";

CREATE SCHEMA IF NOT EXISTS "settings";

CREATE SCHEMA IF NOT EXISTS "sites";

CREATE SCHEMA IF NOT EXISTS "stock";

CREATE SEQUENCE "stock"."recording_order" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;
CREATE TABLE "platform"."idempotency" (
	"actor" text NOT NULL,
	"route" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" smallint NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "idempotency_pkey" PRIMARY KEY("actor","route","key")
);

CREATE TABLE "catalog"."categories" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamptz,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"pick_order" text NOT NULL,
	CONSTRAINT "categories_name" CHECK (length("catalog"."categories"."name") between 1 and 120),
	CONSTRAINT "categories_pick_order" CHECK ("catalog"."categories"."pick_order" in ('fifo', 'fefo')),
	CONSTRAINT "categories_version" CHECK ("catalog"."categories"."version" > 0)
);

CREATE TABLE "catalog"."conversions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"from_unit" text NOT NULL,
	"to_unit" text NOT NULL,
	"numerator" bigint NOT NULL,
	"denominator" bigint NOT NULL,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "conversions_item_id_from_unit_key" UNIQUE("item_id","from_unit"),
	CONSTRAINT "conversions_from_unit" CHECK (length("catalog"."conversions"."from_unit") between 1 and 40),
	CONSTRAINT "conversions_to_unit" CHECK (length("catalog"."conversions"."to_unit") between 1 and 40),
	CONSTRAINT "conversions_units_differ" CHECK ("catalog"."conversions"."from_unit" <> "catalog"."conversions"."to_unit"),
	CONSTRAINT "conversions_of_a_pack" CHECK (not ("catalog"."conversions"."from_unit" in ('g', 'kg', 'ml', 'l', 'piece')
        and "catalog"."conversions"."to_unit" in ('g', 'kg', 'ml', 'l', 'piece'))),
	CONSTRAINT "conversions_numerator" CHECK ("catalog"."conversions"."numerator" > 0),
	CONSTRAINT "conversions_denominator" CHECK ("catalog"."conversions"."denominator" > 0)
);

CREATE TABLE "catalog"."items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamptz,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"kind" text NOT NULL,
	"stocking" text NOT NULL,
	"unit" text NOT NULL,
	"unit_locked" boolean DEFAULT false NOT NULL,
	"category_id" uuid,
	"price" numeric(18, 6),
	"tax_code" text,
	"barcode" text,
	"reorder_level" numeric(18, 6),
	"shelf_life_days" integer,
	"allergens" jsonb,
	"density" numeric(12, 6),
	"piece_weight" numeric(18, 6),
	CONSTRAINT "items_name" CHECK (length("catalog"."items"."name") between 1 and 120),
	CONSTRAINT "items_kind" CHECK ("catalog"."items"."kind" in ('material', 'product')),
	CONSTRAINT "items_stocking" CHECK ("catalog"."items"."stocking" in ('stocked', 'made_to_order', 'none')),
	CONSTRAINT "items_unit" CHECK ("catalog"."items"."unit" in ('g', 'kg', 'ml', 'l', 'piece')),
	CONSTRAINT "items_price" CHECK ("catalog"."items"."price" >= 0),
	CONSTRAINT "items_tax_code" CHECK (length("catalog"."items"."tax_code") between 1 and 32),
	CONSTRAINT "items_barcode" CHECK (length("catalog"."items"."barcode") between 1 and 64),
	CONSTRAINT "items_reorder_level" CHECK ("catalog"."items"."reorder_level" >= 0),
	CONSTRAINT "items_shelf_life_days" CHECK ("catalog"."items"."shelf_life_days" between 0 and 36500),
	CONSTRAINT "items_allergens" CHECK (jsonb_typeof("catalog"."items"."allergens") = 'object'
    and "catalog"."items"."allergens" - array['gluten', 'crustaceans', 'eggs', 'fish', 'peanuts', 'soybeans', 'milk',
      'nuts', 'celery', 'mustard', 'sesame', 'sulphites', 'lupin', 'molluscs'] = '{}'
    and not jsonb_path_exists("catalog"."items"."allergens",
      'strict $.* ? (@.type() != "string"
        || !(@ == "contains" || @ == "may_contain" || @ == "free"))',
      '{}', true)),
	CONSTRAINT "items_density" CHECK ("catalog"."items"."density" > 0),
	CONSTRAINT "items_piece_weight" CHECK ("catalog"."items"."piece_weight" > 0),
	CONSTRAINT "items_version" CHECK ("catalog"."items"."version" > 0)
);

CREATE TABLE "catalog"."suppliers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamptz,
	"created_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "suppliers_name" CHECK (length("catalog"."suppliers"."name") between 1 and 120),
	CONSTRAINT "suppliers_version" CHECK ("catalog"."suppliers"."version" > 0)
);

CREATE TABLE "imports"."imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"format" text NOT NULL,
	"content_hash" text NOT NULL,
	"actor" text NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"report" jsonb NOT NULL,
	CONSTRAINT "imports_format" CHECK ("imports"."imports"."format" in ('bakery-data')),
	CONSTRAINT "imports_content_hash" CHECK ("imports"."imports"."content_hash" ~ '^[0-9a-f]{64}$')
);

CREATE TABLE "imports"."records" (
	"site_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"record_id" uuid NOT NULL,
	"said" text NOT NULL,
	"import_id" uuid NOT NULL,
	CONSTRAINT "records_pkey" PRIMARY KEY("site_id","kind","key"),
	CONSTRAINT "records_kind" CHECK ("imports"."records"."kind" in ('item', 'lot', 'recipe'))
);

CREATE TABLE "production"."reversals" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"reason" text,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL
);

CREATE TABLE "production"."run_by_products" (
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"value" numeric(20, 6) NOT NULL,
	"lot_id" uuid NOT NULL,
	"layer_id" uuid NOT NULL,
	CONSTRAINT "run_by_products_pkey" PRIMARY KEY("run_id","position")
);

CREATE TABLE "production"."run_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"planned_quantity" numeric(18, 6) NOT NULL,
	"value" numeric(20, 6) NOT NULL,
	"movement_id" uuid
);

CREATE TABLE "production"."run_states" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "run_states_status" CHECK ("production"."run_states"."status" in ('completed', 'reversed')),
	CONSTRAINT "run_states_version" CHECK ("production"."run_states"."version" > 0)
);

CREATE TABLE "production"."run_sub_recipes" (
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"recipe_id" uuid NOT NULL,
	"recipe_version" integer NOT NULL,
	CONSTRAINT "run_sub_recipes_pkey" PRIMARY KEY("run_id","position")
);

CREATE TABLE "production"."runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"recipe_id" uuid NOT NULL,
	"recipe_version" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"planned_output" numeric(18, 6) NOT NULL,
	"expected_output" numeric(18, 6) NOT NULL,
	"actual_output" numeric(18, 6) NOT NULL,
	"explodes_shortage" boolean NOT NULL,
	"labour_minutes" numeric(18, 6) NOT NULL,
	"labour_rate" numeric(18, 6) NOT NULL,
	"materials_value" numeric(20, 6) NOT NULL,
	"labour_value" numeric(20, 6) NOT NULL,
	"overhead_value" numeric(20, 6) NOT NULL,
	"by_products_value" numeric(20, 6) NOT NULL,
	"total_cost" numeric(20, 6) NOT NULL,
	"abnormal_loss" numeric(20, 6) NOT NULL,
	"lot_id" uuid,
	"layer_id" uuid,
	"effective_at" timestamptz NOT NULL,
	"business_date" date NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	CONSTRAINT "runs_output" CHECK ("production"."runs"."expected_output" > 0 and "production"."runs"."actual_output" >= 0),
	CONSTRAINT "runs_total_cost" CHECK ("production"."runs"."total_cost" = "production"."runs"."materials_value" + "production"."runs"."labour_value" + "production"."runs"."overhead_value"
        - "production"."runs"."by_products_value"),
	CONSTRAINT "runs_abnormal_loss" CHECK ("production"."runs"."abnormal_loss" between 0 and "production"."runs"."total_cost"
        and ("production"."runs"."actual_output" > 0 or "production"."runs"."abnormal_loss" = "production"."runs"."total_cost")),
	CONSTRAINT "runs_lot" CHECK (("production"."runs"."actual_output" > 0) = ("production"."runs"."lot_id" is not null))
);

CREATE TABLE "recipes"."ingredients" (
	"recipe_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity" numeric(18, 6),
	"unit" text,
	"bakers_percent" numeric(10, 4),
	"is_flour" boolean NOT NULL,
	CONSTRAINT "ingredients_pkey" PRIMARY KEY("recipe_id","version","position"),
	CONSTRAINT "ingredients_amount" CHECK (case when "recipes"."ingredients"."bakers_percent" is null
        then "recipes"."ingredients"."quantity" > 0 and "recipes"."ingredients"."unit" is not null and not "recipes"."ingredients"."is_flour"
        else "recipes"."ingredients"."bakers_percent" > 0 and "recipes"."ingredients"."quantity" is null and "recipes"."ingredients"."unit" is null end)
);

CREATE TABLE "recipes"."recipes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"latest" integer NOT NULL,
	"version" integer NOT NULL,
	"archived_at" timestamptz,
	CONSTRAINT "recipes_version" CHECK ("recipes"."recipes"."latest" > 0 and "recipes"."recipes"."version" >= "recipes"."recipes"."latest")
);

CREATE TABLE "recipes"."versions" (
	"recipe_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"yield_quantity" numeric(18, 6) NOT NULL,
	"yield_unit" text NOT NULL,
	"bake_loss" numeric(7, 6) NOT NULL,
	"handling_loss" numeric(7, 6) NOT NULL,
	"labour_minutes" numeric(18, 6) NOT NULL,
	"overhead" numeric(16, 4) NOT NULL,
	"actor" text NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "versions_pkey" PRIMARY KEY("recipe_id","version"),
	CONSTRAINT "versions_version" CHECK ("recipes"."versions"."version" > 0),
	CONSTRAINT "versions_yield" CHECK ("recipes"."versions"."yield_quantity" > 0),
	CONSTRAINT "versions_bake_loss" CHECK ("recipes"."versions"."bake_loss" >= 0 and "recipes"."versions"."bake_loss" < 1),
	CONSTRAINT "versions_handling_loss" CHECK ("recipes"."versions"."handling_loss" >= 0 and "recipes"."versions"."handling_loss" < 1),
	CONSTRAINT "versions_labour" CHECK ("recipes"."versions"."labour_minutes" >= 0 and "recipes"."versions"."overhead" >= 0)
);

CREATE TABLE "sales"."payments" (
	"sale_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"method" text NOT NULL,
	"amount" numeric(16, 4) NOT NULL,
	CONSTRAINT "payments_pkey" PRIMARY KEY("sale_id","position"),
	CONSTRAINT "payments_method" CHECK ("sales"."payments"."method" in ('cash', 'card', 'voucher'))
);

CREATE TABLE "sales"."sale_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sale_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"name" text NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"unit" text NOT NULL,
	"stock_quantity" numeric(18, 6) NOT NULL,
	"factor_numerator" bigint NOT NULL,
	"factor_denominator" bigint NOT NULL,
	"unit_price" numeric(18, 6) NOT NULL,
	"gross" numeric(16, 4) NOT NULL,
	"discount" numeric(16, 4) NOT NULL,
	"tax_code" text,
	"tax_rate" numeric(9, 6) NOT NULL,
	"net" numeric(16, 4) NOT NULL,
	"tax" numeric(16, 4) NOT NULL,
	"total" numeric(16, 4) NOT NULL,
	CONSTRAINT "sale_lines_quantity" CHECK ("sales"."sale_lines"."quantity" > 0 and "sales"."sale_lines"."stock_quantity" > 0)
);

CREATE TABLE "sales"."sales" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"site_id" uuid NOT NULL,
	"till_id" uuid,
	"foreign_number" text,
	"receipt_number" bigint,
	"receipt_hash" text,
	"business_date" date NOT NULL,
	"sold_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"currency" char(3) NOT NULL,
	"minor_digits" smallint NOT NULL,
	"prices_include_tax" boolean NOT NULL,
	"order_discount" numeric(16, 4) NOT NULL,
	"net" numeric(16, 4) NOT NULL,
	"tax" numeric(16, 4) NOT NULL,
	"total" numeric(16, 4) NOT NULL,
	"change" numeric(16, 4) NOT NULL,
	"rounding" numeric(16, 4) NOT NULL,
	CONSTRAINT "sales_kind" CHECK ("sales"."sales"."kind" in ('sale', 'history')),
	CONSTRAINT "sales_receipt" CHECK (("sales"."sales"."till_id" is null) = ("sales"."sales"."receipt_number" is null)
        and ("sales"."sales"."receipt_number" is null) = ("sales"."sales"."receipt_hash" is null)),
	CONSTRAINT "sales_history" CHECK ("sales"."sales"."kind" <> 'history' or "sales"."sales"."till_id" is null)
);

CREATE TABLE "sales"."voids" (
	"sale_id" uuid PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"voided_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE "settings"."settings" (
	"only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"currency" text NOT NULL,
	"locale" text NOT NULL,
	"cash_step" numeric(16, 4),
	"labour_rate" numeric(18, 6) DEFAULT '0' NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "settings_only_row" CHECK ("settings"."settings"."only_row"),
	CONSTRAINT "settings_currency" CHECK ("settings"."settings"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "settings_locale" CHECK (length("settings"."settings"."locale") between 1 and 35),
	CONSTRAINT "settings_cash_step" CHECK ("settings"."settings"."cash_step" > 0),
	CONSTRAINT "settings_labour_rate" CHECK ("settings"."settings"."labour_rate" >= 0),
	CONSTRAINT "settings_version" CHECK ("settings"."settings"."version" > 0)
);

CREATE TABLE "settings"."tax_rates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"rate" numeric(7, 4) NOT NULL,
	"valid_from" date NOT NULL,
	CONSTRAINT "tax_rates_code_valid_from_key" UNIQUE("code","valid_from"),
	CONSTRAINT "tax_rates_code" CHECK ("settings"."tax_rates"."code" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$'),
	CONSTRAINT "tax_rates_rate" CHECK ("settings"."tax_rates"."rate" between 0 and 100)
);

CREATE TABLE "sites"."sites" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"zone" text NOT NULL,
	"cutover" time(0) NOT NULL,
	"prices_include_tax" boolean NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamptz,
	CONSTRAINT "sites_name" CHECK (length("sites"."sites"."name") between 1 and 120),
	CONSTRAINT "sites_zone" CHECK ((timestamptz '2000-01-01 00:00:00+00' at time zone "sites"."sites"."zone") is not null),
	CONSTRAINT "sites_version" CHECK ("sites"."sites"."version" > 0)
);

CREATE TABLE "sites"."tills" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"archived_at" timestamptz,
	"receipt_number" bigint DEFAULT 0 NOT NULL,
	"receipt_hash" text DEFAULT '' NOT NULL,
	CONSTRAINT "tills_name" CHECK (length("sites"."tills"."name") between 1 and 120),
	CONSTRAINT "tills_version" CHECK ("sites"."tills"."version" > 0),
	CONSTRAINT "tills_receipt_number" CHECK ("sites"."tills"."receipt_number" >= 0)
);

CREATE TABLE "stock"."allocations" (
	"movement_id" uuid NOT NULL,
	"layer_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"value" numeric(20, 6) NOT NULL,
	CONSTRAINT "allocations_pkey" PRIMARY KEY("movement_id","layer_id")
);

CREATE TABLE "stock"."balances" (
	"item_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"quantity" numeric(18, 6) DEFAULT '0' NOT NULL,
	"value" numeric(20, 6) DEFAULT '0' NOT NULL,
	"short_quantity" numeric(18, 6) DEFAULT '0' NOT NULL,
	CONSTRAINT "balances_pkey" PRIMARY KEY("item_id","site_id"),
	CONSTRAINT "balances_quantity" CHECK ("stock"."balances"."quantity" >= 0 and "stock"."balances"."short_quantity" >= 0),
	CONSTRAINT "balances_value" CHECK ("stock"."balances"."value" >= 0 and ("stock"."balances"."quantity" > 0 or "stock"."balances"."value" = 0))
);

CREATE TABLE "stock"."count_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity_entered" numeric(18, 6) NOT NULL,
	"unit" text NOT NULL,
	"factor_numerator" bigint NOT NULL,
	"factor_denominator" bigint NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"count_id" uuid NOT NULL,
	"lot_id" uuid,
	"difference" numeric(18, 6) NOT NULL,
	"is_cost_unknown" boolean NOT NULL
);

CREATE TABLE "stock"."counts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL
);

CREATE TABLE "stock"."genealogy" (
	"movement_id" uuid NOT NULL,
	"consumed_layer_id" uuid NOT NULL,
	"produced_layer_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"value" numeric(20, 6) NOT NULL,
	CONSTRAINT "genealogy_pkey" PRIMARY KEY("consumed_layer_id","produced_layer_id","movement_id")
);

CREATE TABLE "stock"."layers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lot_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"quantity_in" numeric(18, 6) NOT NULL,
	"value_in" numeric(20, 6) NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"value" numeric(20, 6) NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"seq" bigint DEFAULT nextval('stock.recording_order') NOT NULL,
	"expires_on" date,
	"is_held" boolean DEFAULT false NOT NULL,
	"is_open" boolean GENERATED ALWAYS AS (quantity > 0) STORED NOT NULL,
	CONSTRAINT "layers_quantity" CHECK ("stock"."layers"."quantity" >= 0 and "stock"."layers"."quantity" <= "stock"."layers"."quantity_in"),
	CONSTRAINT "layers_value" CHECK ("stock"."layers"."value" >= 0 and ("stock"."layers"."quantity" > 0 or "stock"."layers"."value" = 0)),
	CONSTRAINT "layers_in" CHECK ("stock"."layers"."quantity_in" > 0 and "stock"."layers"."value_in" >= 0)
);

CREATE TABLE "stock"."lots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"origin" text NOT NULL,
	"source_id" uuid NOT NULL,
	"supplier_id" uuid,
	"supplier_lot" text,
	"expires_on" date,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "lots_origin" CHECK ("stock"."lots"."origin" in ('receipt', 'run', 'count', 'import'))
);

CREATE TABLE "stock"."movements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT nextval('stock.recording_order') NOT NULL,
	"type" text NOT NULL,
	"item_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"value" numeric(20, 6) NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"effective_on" date NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"source_id" uuid NOT NULL,
	"source_line_id" uuid,
	"pick" text,
	"lot_id" uuid,
	"reverses" uuid,
	CONSTRAINT "movements_pick" CHECK ("stock"."movements"."pick" in ('fifo', 'fefo')),
	CONSTRAINT "movements_quantity" CHECK ("stock"."movements"."quantity" <> 0),
	CONSTRAINT "movements_type" CHECK ("stock"."movements"."type" in ('receipt', 'consumption', 'output', 'sale', 'settlement', 'waste', 'count',
        'void', 'run_reversal', 'settlement_reversal'))
);

CREATE TABLE "stock"."receipt_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity_entered" numeric(18, 6) NOT NULL,
	"unit" text NOT NULL,
	"factor_numerator" bigint NOT NULL,
	"factor_denominator" bigint NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"receipt_id" uuid NOT NULL,
	"total_cost" numeric(16, 4) NOT NULL,
	"supplier_lot" text,
	"expires_on" date,
	"lot_id" uuid NOT NULL,
	"layer_id" uuid NOT NULL
);

CREATE TABLE "stock"."receipts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"supplier_id" uuid,
	"reference" text
);

CREATE TABLE "stock"."settlements" (
	"movement_id" uuid PRIMARY KEY NOT NULL,
	"shortfall_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL
);

CREATE TABLE "stock"."shortfalls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT nextval('stock.recording_order') NOT NULL,
	"item_id" uuid NOT NULL,
	"site_id" uuid NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"open_quantity" numeric(18, 6) NOT NULL,
	"cancelled_quantity" numeric(18, 6) DEFAULT '0' NOT NULL,
	"cancelled_at" timestamptz,
	"effective_at" timestamptz NOT NULL,
	"source_id" uuid NOT NULL,
	"source_line_id" uuid NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "shortfalls_open" CHECK ("stock"."shortfalls"."open_quantity" >= 0 and "stock"."shortfalls"."cancelled_quantity" >= 0
        and "stock"."shortfalls"."open_quantity" + "stock"."shortfalls"."cancelled_quantity" <= "stock"."shortfalls"."quantity")
);

CREATE TABLE "stock"."waste_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"position" integer NOT NULL,
	"item_id" uuid NOT NULL,
	"quantity_entered" numeric(18, 6) NOT NULL,
	"unit" text NOT NULL,
	"factor_numerator" bigint NOT NULL,
	"factor_denominator" bigint NOT NULL,
	"quantity" numeric(18, 6) NOT NULL,
	"waste_id" uuid NOT NULL,
	"lot_id" uuid
);

CREATE TABLE "stock"."wastes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site_id" uuid NOT NULL,
	"effective_at" timestamptz NOT NULL,
	"recorded_at" timestamptz DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL
);

ALTER TABLE "catalog"."conversions" ADD CONSTRAINT "conversions_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "catalog"."items" ADD CONSTRAINT "items_category_id_categories_id_fk" FOREIGN KEY ("category_id") REFERENCES "catalog"."categories"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "imports"."imports" ADD CONSTRAINT "imports_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "imports"."records" ADD CONSTRAINT "records_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "imports"."records" ADD CONSTRAINT "records_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "imports"."imports"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."reversals" ADD CONSTRAINT "reversals_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "production"."runs"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_by_products" ADD CONSTRAINT "run_by_products_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "production"."runs"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_by_products" ADD CONSTRAINT "run_by_products_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_lines" ADD CONSTRAINT "run_lines_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "production"."runs"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_lines" ADD CONSTRAINT "run_lines_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_states" ADD CONSTRAINT "run_states_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "production"."runs"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_sub_recipes" ADD CONSTRAINT "run_sub_recipes_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "production"."runs"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_sub_recipes" ADD CONSTRAINT "run_sub_recipes_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."run_sub_recipes" ADD CONSTRAINT "run_sub_recipes_version_fk" FOREIGN KEY ("recipe_id","recipe_version") REFERENCES "recipes"."versions"("recipe_id","version") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."runs" ADD CONSTRAINT "runs_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."runs" ADD CONSTRAINT "runs_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "production"."runs" ADD CONSTRAINT "runs_recipe_version_fk" FOREIGN KEY ("recipe_id","recipe_version") REFERENCES "recipes"."versions"("recipe_id","version") ON DELETE no action ON UPDATE no action;
ALTER TABLE "recipes"."ingredients" ADD CONSTRAINT "ingredients_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "recipes"."ingredients" ADD CONSTRAINT "ingredients_version_fk" FOREIGN KEY ("recipe_id","version") REFERENCES "recipes"."versions"("recipe_id","version") ON DELETE no action ON UPDATE no action;
ALTER TABLE "recipes"."recipes" ADD CONSTRAINT "recipes_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "recipes"."versions" ADD CONSTRAINT "versions_recipe_id_recipes_id_fk" FOREIGN KEY ("recipe_id") REFERENCES "recipes"."recipes"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sales"."voids" ADD CONSTRAINT "voids_sale_id_sales_id_fk" FOREIGN KEY ("sale_id") REFERENCES "sales"."sales"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "sites"."tills" ADD CONSTRAINT "tills_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."balances" ADD CONSTRAINT "balances_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."balances" ADD CONSTRAINT "balances_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."count_lines" ADD CONSTRAINT "count_lines_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."count_lines" ADD CONSTRAINT "count_lines_count_id_counts_id_fk" FOREIGN KEY ("count_id") REFERENCES "stock"."counts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."counts" ADD CONSTRAINT "counts_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."receipt_lines" ADD CONSTRAINT "receipt_lines_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."receipt_lines" ADD CONSTRAINT "receipt_lines_receipt_id_receipts_id_fk" FOREIGN KEY ("receipt_id") REFERENCES "stock"."receipts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."receipts" ADD CONSTRAINT "receipts_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."receipts" ADD CONSTRAINT "receipts_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "catalog"."suppliers"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."settlements" ADD CONSTRAINT "settlements_shortfall_id_shortfalls_id_fk" FOREIGN KEY ("shortfall_id") REFERENCES "stock"."shortfalls"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."waste_lines" ADD CONSTRAINT "waste_lines_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "catalog"."items"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."waste_lines" ADD CONSTRAINT "waste_lines_waste_id_wastes_id_fk" FOREIGN KEY ("waste_id") REFERENCES "stock"."wastes"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "stock"."wastes" ADD CONSTRAINT "wastes_site_id_sites_id_fk" FOREIGN KEY ("site_id") REFERENCES "sites"."sites"("id") ON DELETE no action ON UPDATE no action;
CREATE UNIQUE INDEX "categories_name_key" ON "catalog"."categories" USING btree (lower(btrim("name"))) WHERE "catalog"."categories"."archived_at" is null;
CREATE UNIQUE INDEX "items_name_key" ON "catalog"."items" USING btree (lower(btrim("name"))) WHERE "catalog"."items"."archived_at" is null;
CREATE UNIQUE INDEX "items_barcode_key" ON "catalog"."items" USING btree ("barcode") WHERE "catalog"."items"."archived_at" is null;
CREATE INDEX "items_category_id_idx" ON "catalog"."items" USING btree ("category_id","id");
CREATE UNIQUE INDEX "suppliers_name_key" ON "catalog"."suppliers" USING btree (lower(btrim("name"))) WHERE "catalog"."suppliers"."archived_at" is null;
CREATE INDEX "imports_site" ON "imports"."imports" USING btree ("site_id","id");
CREATE INDEX "records_import" ON "imports"."records" USING btree ("import_id");
CREATE INDEX "run_lines_run" ON "production"."run_lines" USING btree ("run_id","position");
CREATE INDEX "runs_site" ON "production"."runs" USING btree ("site_id","id");
CREATE INDEX "runs_recipe" ON "production"."runs" USING btree ("recipe_id","id");
CREATE INDEX "ingredients_item" ON "recipes"."ingredients" USING btree ("item_id");
CREATE UNIQUE INDEX "recipes_item_id_key" ON "recipes"."recipes" USING btree ("item_id") WHERE "recipes"."recipes"."archived_at" is null;
CREATE INDEX "recipes_item" ON "recipes"."recipes" USING btree ("item_id","id");
CREATE INDEX "sale_lines_sale" ON "sales"."sale_lines" USING btree ("sale_id","position");
CREATE UNIQUE INDEX "sales_receipt_number" ON "sales"."sales" USING btree ("till_id","receipt_number") WHERE receipt_number is not null;
CREATE UNIQUE INDEX "sales_foreign_number" ON "sales"."sales" USING btree ("site_id","foreign_number") WHERE foreign_number is not null;
CREATE INDEX "sales_site" ON "sales"."sales" USING btree ("site_id","business_date","id");
CREATE UNIQUE INDEX "sites_name_key" ON "sites"."sites" USING btree ("name") WHERE "sites"."sites"."archived_at" is null;
CREATE UNIQUE INDEX "tills_site_id_name_key" ON "sites"."tills" USING btree ("site_id","name") WHERE "sites"."tills"."archived_at" is null;
CREATE INDEX "tills_site_id_idx" ON "sites"."tills" USING btree ("site_id","id");
CREATE INDEX "allocations_layer" ON "stock"."allocations" USING btree ("layer_id");
CREATE INDEX "balances_site" ON "stock"."balances" USING btree ("site_id","item_id");
CREATE UNIQUE INDEX "count_lines_position" ON "stock"."count_lines" USING btree ("count_id","position");
CREATE INDEX "counts_site" ON "stock"."counts" USING btree ("site_id","id");
CREATE INDEX "genealogy_produced" ON "stock"."genealogy" USING btree ("produced_layer_id");
CREATE INDEX "genealogy_movement" ON "stock"."genealogy" USING btree ("movement_id");
CREATE INDEX "layers_open" ON "stock"."layers" USING btree ("item_id","site_id","effective_at","seq") WHERE is_open;
CREATE INDEX "layers_item" ON "stock"."layers" USING btree ("item_id","site_id","seq");
CREATE INDEX "layers_lot" ON "stock"."layers" USING btree ("lot_id");
CREATE INDEX "lots_item" ON "stock"."lots" USING btree ("item_id","id");
CREATE INDEX "lots_source" ON "stock"."lots" USING btree ("source_id");
CREATE UNIQUE INDEX "movements_reverses" ON "stock"."movements" USING btree ("reverses") WHERE reverses is not null;
CREATE INDEX "movements_item" ON "stock"."movements" USING btree ("item_id","site_id","seq");
CREATE INDEX "movements_source" ON "stock"."movements" USING btree ("source_id");
CREATE UNIQUE INDEX "receipt_lines_position" ON "stock"."receipt_lines" USING btree ("receipt_id","position");
CREATE INDEX "receipts_site" ON "stock"."receipts" USING btree ("site_id","id");
CREATE INDEX "settlements_shortfall" ON "stock"."settlements" USING btree ("shortfall_id");
CREATE INDEX "shortfalls_open" ON "stock"."shortfalls" USING btree ("item_id","site_id","seq") WHERE open_quantity > 0;
CREATE INDEX "shortfalls_item" ON "stock"."shortfalls" USING btree ("item_id","site_id","id");
CREATE INDEX "shortfalls_source" ON "stock"."shortfalls" USING btree ("source_id");
CREATE UNIQUE INDEX "waste_lines_position" ON "stock"."waste_lines" USING btree ("waste_id","position");
CREATE INDEX "wastes_site" ON "stock"."wastes" USING btree ("site_id","id");