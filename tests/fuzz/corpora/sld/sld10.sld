<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc">
<NamedLayer><Name>ytor</Name><UserStyle><FeatureTypeStyle>
<Rule><Name>stor</Name><ogc:Filter><ogc:Not><ogc:PropertyIsLessThan><ogc:PropertyName>area</ogc:PropertyName><ogc:Literal>10.5</ogc:Literal></ogc:PropertyIsLessThan></ogc:Not></ogc:Filter>
<MaxScaleDenominator>20000</MaxScaleDenominator>
<PolygonSymbolizer><Fill><CssParameter name="fill">#112233</CssParameter><CssParameter name="fill-opacity">0.5</CssParameter></Fill>
<Stroke><CssParameter name="stroke">#ff0000</CssParameter><CssParameter name="stroke-width">2</CssParameter><CssParameter name="stroke-dasharray">4 2 1</CssParameter></Stroke></PolygonSymbolizer>
<TextSymbolizer><Label>Yta <ogc:PropertyName>namn</ogc:PropertyName></Label><Font><CssParameter name="font-size">12</CssParameter><CssParameter name="font-weight">bold</CssParameter></Font>
<LabelPlacement><PointPlacement><AnchorPoint><AnchorPointX>0</AnchorPointX><AnchorPointY>0</AnchorPointY></AnchorPoint><Displacement><DisplacementX>6</DisplacementX><DisplacementY>12</DisplacementY></Displacement><Rotation>30</Rotation></PointPlacement></LabelPlacement>
<Halo/><VendorOption name="autoWrap">60</VendorOption></TextSymbolizer></Rule>
<Rule><ElseFilter/><PointSymbolizer><Graphic><Mark><WellKnownName>star</WellKnownName><Fill><CssParameter name="fill">#00ff00</CssParameter></Fill></Mark><Size>32</Size><Rotation>45</Rotation></Graphic></PointSymbolizer></Rule>
<Rule><ogc:Filter><ogc:BBOX><ogc:PropertyName>geom</ogc:PropertyName></ogc:BBOX></ogc:Filter><LineSymbolizer><Stroke/></LineSymbolizer></Rule>
</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>
