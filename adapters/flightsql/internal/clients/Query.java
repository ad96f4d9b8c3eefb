import java.sql.*;
import java.util.*;
import java.util.regex.*;

/** Asks a server of Flight SQL through JDBC. */
public class Query {
    public static void main(String[] args) throws Exception {
        String request = args[0];
        Properties options = new Properties();
        options.put("useEncryption", "false");
        if (!text(request, "Token").isEmpty()) {
            options.put("token", text(request, "Token"));
        } else {
            options.put("user", text(request, "User"));
            options.put("password", text(request, "Password"));
        }
        StringBuilder out = new StringBuilder("{\"Rows\":");
        try (Connection c = DriverManager.getConnection("jdbc:arrow-flight-sql://" + text(request, "Address"), options)) {
            try (Statement s = c.createStatement(); ResultSet r = s.executeQuery(text(request, "SQL"))) {
                out.append(rows(r));
            }
            try (PreparedStatement p = c.prepareStatement(text(request, "Prepared"))) {
                p.setString(1, text(request, "Parameter"));
                try (ResultSet r = p.executeQuery()) {
                    out.append(",\"Prepared\":").append(rows(r));
                }
            }
            StringJoiner errors = new StringJoiner(",", "[", "]");
            Matcher m = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(request.substring(request.indexOf("\"Refused\":") + 10));
            while (m.find()) {
                try (Statement s = c.createStatement(); ResultSet r = s.executeQuery(plain(m.group(1)))) {
                    rows(r);
                    errors.add("\"\"");
                } catch (Exception e) {
                    errors.add(quoted(String.valueOf(e.getMessage())));
                }
            }
            out.append(",\"Errors\":").append(errors);
            Map<String, StringJoiner> tables = new TreeMap<>();
            try (ResultSet r = c.getMetaData().getTables(null, null, "%", null)) {
                while (r.next()) {
                    tables.put(r.getString("TABLE_NAME"), new StringJoiner(",", "[", "]"));
                }
            }
            try (ResultSet r = c.getMetaData().getColumns(null, null, "%", "%")) {
                while (r.next()) {
                    tables.get(r.getString("TABLE_NAME")).add(quoted(r.getString("COLUMN_NAME")));
                }
            }
            StringJoiner all = new StringJoiner(",", "{", "}");
            tables.forEach((name, columns) -> all.add(quoted(name) + ":" + columns));
            out.append(",\"Tables\":").append(all);
            int n = 0;
            try (ResultSet r = c.getMetaData().getColumns(null, null, "secret", "%")) {
                while (r.next()) {
                    n++;
                }
            }
            out.append(",\"Secret\":").append(quoted(n == 0 ? "no columns" : ""));
        }
        System.out.println(out.append("}"));
    }

    private static String rows(ResultSet r) throws SQLException {
        StringJoiner all = new StringJoiner(",", "[", "]");
        int n = r.getMetaData().getColumnCount();
        while (r.next()) {
            StringJoiner row = new StringJoiner(",", "[", "]");
            for (int i = 1; i <= n; i++) {
                Object v = r.getObject(i);
                row.add(v == null || v instanceof Number ? String.valueOf(v) : quoted(v.toString()));
            }
            all.add(row.toString());
        }
        return all.toString();
    }

    /** The text of a field of a flat JSON object. */
    private static String text(String json, String field) {
        Matcher m = Pattern.compile("\"" + field + "\":\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(json);
        return m.find() ? plain(m.group(1)) : "";
    }

    private static String plain(String s) {
        return s.replace("\\\"", "\"").replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&").replace("\\\\", "\\");
    }

    private static String quoted(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (char c : s.toCharArray()) {
            b.append(c < ' ' || c == '"' || c == '\\' || c > '~' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return b.append('"').toString();
    }
}
